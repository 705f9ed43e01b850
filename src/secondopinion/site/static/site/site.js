/* What a page says while an answer is under way, and when none comes. Without this file every page works the same. */
"use strict";
(() => {
  const SLOW = 4000; // milliseconds after which a wait is put into words
  const PATIENCE = 8000; // milliseconds that the house has to say it is there before a form is sent
  const LEFT = 20000; // milliseconds after which a page that is still here can be sent from again
  const KEPT = "What you typed is still here.";
  const WORDS = {
    slow: "This takes longer than usual. Nothing is lost.",
    away: `That did not reach Second Opinion: the line or the service is down. ${KEPT}`,
    late: `No answer came in time. ${KEPT}`,
    broken: `The answer was an error, so what is shown here is from before. ${KEPT}`,
    out: `You are signed out by now. Sign in again in another window, then try again here. ${KEPT}`,
    offline: `This device is offline. Nothing can be sent or looked up until the line is back. ${KEPT}`,
    unsent: `Nothing was sent: Second Opinion cannot be reached at the moment. ${KEPT}`,
  };
  const root = document.documentElement;
  const waits = new Map(); // what is under way, and the timer that calls it slow
  const checked = new WeakSet(); // forms that may go, because the house has answered

  /** A sentence beside what it is about; with `again`, a button that repeats what failed. One at each place. */
  function say(place, words, { again, where = "before", role = "alert" } = {}) {
    hush(place);
    const note = document.createElement("div");
    note.className = role === "alert" ? "house-note house-note--failed" : "house-note";
    note.dataset.about = place.id || place.name || "page";
    note.setAttribute("role", role);
    const text = document.createElement("p");
    text.textContent = words;
    note.append(text);
    if (again) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "usa-button usa-button--outline";
      button.textContent = "Try again";
      button.addEventListener("click", () => {
        note.remove();
        again();
      });
      note.append(button);
    }
    place[where](note);
  }

  /** Take back what was said about a place; found by its id, since the place itself may have been replaced. */
  function hush(place, notes = ".house-note") {
    const about = place.id || place.name || "page";
    document.querySelectorAll(notes).forEach((note) => note.dataset.about === about && note.remove());
  }

  function begins(what, place, where) {
    ends(what);
    const slow = () => say(place, WORDS.slow, { role: "status", where });
    waits.set(what, setTimeout(slow, SLOW));
    root.dataset.underWay = "";
  }

  function ends(what) {
    clearTimeout(waits.get(what));
    waits.delete(what);
    if (!waits.size) delete root.dataset.underWay;
  }

  /* Parts of a page that htmx fetches */
  const failed = (words) => (event) => {
    const { elt, target, requestConfig } = event.detail;
    const { verb, path } = requestConfig;
    say(target, words, { again: () => window.htmx.ajax(verb, path, { source: elt, target }) });
  };
  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    hush(detail.target);
    detail.target.setAttribute("aria-busy", "true");
    begins(detail.xhr, detail.target, "before");
  });
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    ends(detail.xhr);
    detail.target.removeAttribute("aria-busy");
    hush(detail.target, '.house-note[role="status"]');
  });
  document.addEventListener("htmx:sendError", failed(WORDS.away));
  document.addEventListener("htmx:timeout", failed(WORDS.late));
  document.addEventListener("htmx:responseError", failed(WORDS.broken));
  /* Who is signed out by now is sent to sign in; where something was being typed, it is said instead, so that it stays. */
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const { xhr, requestConfig } = event.detail;
    if (requestConfig.verb === "get" || !xhr.getResponseHeader("HX-Redirect")) return;
    event.preventDefault();
    failed(WORDS.out)(event);
  });

  /* Whole forms: before one is sent the house is asked whether it is there, so that no typed word is lost to a dead line.
     Any answer short of an error of the house says so, also that of a door before it which shows nobody its health. */
  async function there() {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), PATIENCE);
    try {
      return (await fetch("/health", { cache: "no-store", signal: patience.signal })).status < 500;
    } catch {
      return false;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Does this button of a form send it by POST, and show the answer here? Another window takes nothing away. */
  function leavesThePage(form, button) {
    const said = (name) => button?.getAttribute(`form${name}`) || form.getAttribute(name) || "";
    return said("method").toLowerCase() === "post" && ["", "_self"].includes(said("target").toLowerCase());
  }

  /** The button again; where the form was drawn anew meanwhile, the one that says the same. */
  function stillThere(form, button) {
    if (!button || button.form === form) return button;
    return [...form.elements].find((one) => one.type === "submit" && one.name === button.name && one.value === button.value);
  }
  document.addEventListener("submit", async (event) => {
    const { target: form, submitter } = event;
    if (event.defaultPrevented || !form.requestSubmit || !leavesThePage(form, submitter)) return;
    if (checked.delete(form)) return;
    event.preventDefault();
    if (waits.has(form)) return; // pressed twice
    const beside = submitter || form.lastElementChild || form;
    hush(beside);
    begins(form, beside, "after");
    const answered = await there();
    const again = () => form.requestSubmit(stillThere(form, submitter));
    if (answered) {
      checked.add(form);
      again();
      if (checked.delete(form)) ends(form); // the browser itself found the form wanting
      setTimeout(() => ends(form), LEFT); // an answer that is a file leaves the page where it is
    } else {
      ends(form);
      say(beside, WORDS.unsent, { again, where: "after" });
    }
  });
  window.addEventListener("pageshow", (event) => event.persisted && [...waits.keys()].forEach(ends));

  /* The device itself */
  function line() {
    const main = document.getElementById("main");
    if (navigator.onLine) return void (main && document.querySelector(".house-note--offline")?.remove());
    if (!main || document.querySelector(".house-note--offline")) return;
    const note = document.createElement("p");
    note.className = "house-note house-note--failed house-note--offline";
    note.setAttribute("role", "alert");
    note.textContent = WORDS.offline;
    main.prepend(note);
  }
  window.addEventListener("online", line);
  window.addEventListener("offline", line);
  line();
})();
