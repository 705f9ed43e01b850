// Says five minutes before the end that the session is about to end, and lets a person stay.
// Without this file the foot of each page says when it ends.
(() => {
  const note = document.querySelector("[data-session-seconds]");
  if (!note) return;
  const dialog = document.getElementById("session-warning");
  const left = dialog.querySelector("[data-left]");
  const WARN = 5 * 60;
  let ends = Date.now() + Number(note.dataset.sessionSeconds) * 1000;
  let before = null;

  function look() {
    const seconds = Math.round((ends - Date.now()) / 1000);
    if (seconds <= 0) { window.location.reload(); return; }
    if (seconds <= WARN && !dialog.open) { before = document.activeElement; dialog.showModal(); }
    const minutes = Math.ceil(seconds / 60);
    const words = minutes === 1 ? "less than a minute" : `${minutes} minutes`;
    if (left.textContent !== words) left.textContent = words;
  }

  dialog.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    const reply = await fetch(form.action, { method: "POST", headers: { "X-CSRFToken": token } });
    if (!reply.ok || reply.redirected) { window.location.reload(); return; }
    ends = Date.now() + (await reply.json()).seconds * 1000;
    dialog.close();
    if (before) before.focus();
  });
  setInterval(look, 5000);
  look();
})();
