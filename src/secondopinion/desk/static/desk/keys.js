// Keys of the desk. A help for those who want it: every page works without. Whoever turns them off (WCAG 2.1.4) is not sent this file.
"use strict";
(() => {
  const GO = { w: "/", n: "/intake/", d: "/directory/", s: "/scorecard/" };
  const PARTS = { n: "#next", f: "#facts", p: "#letters", h: "#history" };
  let going = false;

  const typing = (e) => e.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(e.tagName) && !/^(checkbox|radio|button|submit)$/.test(e.type);
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const to = (e) => { if (e) { e.focus(); e.scrollIntoView({ block: "nearest" }); } return Boolean(e); };

  const step = (by) => {
    const all = rows();
    if (!all.length) return false;
    const at = all.findIndex((row) => row.closest("tr").contains(document.activeElement));
    const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by));
    return to(all[next]);
  };
  const tick = () => {
    const box = document.activeElement.closest("tr")?.querySelector("[data-tick]");
    if (box) box.click();
    return Boolean(box);
  };
  const part = (key) => {
    const place = document.querySelector(PARTS[key]);
    if (!place || !document.querySelector("[data-referral], .ref-inpage")) return false;
    location.hash = PARTS[key];
    place.tabIndex = -1;
    return to(place);
  };
  const act = (key) => {
    if (going) { going = false; if (GO[key]) { location.assign(GO[key]); return true; } return false; }
    if (key === "?") { location.assign("/keys/"); return true; }
    if (key === "g") { going = true; return true; }
    if (key === "/") return to(document.querySelector("#number"));
    if (key === "j") return step(1);
    if (key === "k") return step(-1);
    if (key === "x") return tick();
    if (key === "t") return to(document.querySelector("[data-bulk]"));
    if (key === "d") { const link = document.querySelector('a[href$="/decide/"]'); if (link) link.click(); return Boolean(link); }
    return key in PARTS && part(key);
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || typing(event.target)) return;
    if (act(event.key)) event.preventDefault();
  });
})();
