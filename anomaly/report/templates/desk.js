"use strict";
(() => {
  const form = document.querySelector("[data-decide]");
  const undo = document.querySelector("[data-undo]");
  const problem = document.querySelector("[data-problem]");
  const typing = (target) => target instanceof Element && target.matches("input, select, textarea");
  let busy = false;
  const send = async (which, button) => {
    if (busy) return;
    busy = true;
    if (problem) problem.textContent = "";
    try {
      const answer = await fetch(which.action, {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new URLSearchParams(new FormData(which, button)),
      });
      const told = await answer.json();
      if (answer.ok) {
        location.href = told.next;
        return;
      }
      if (problem) problem.textContent = `Not recorded: ${told.message}`;
    } catch {
      if (problem) problem.textContent = "Not recorded: the review server does not answer. Start it again, then press the key again; what you wrote is still here.";
    }
    busy = false;
  };
  document.addEventListener("submit", (event) => {
    if (event.target !== form && event.target !== undo) return;
    event.preventDefault();
    send(event.target, event.submitter);
  });
  const keys = { c: "confirm", d: "dismiss", u: "unsure" };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "z" && undo) send(undo, null);
    if (!form) return;
    if (keys[event.key]) send(form, form.querySelector(`[value="${keys[event.key]}"]`));
    const field = { n: "note", r: "reason" }[event.key];
    if (field) {
      event.preventDefault();
      form.elements[field].focus();
    }
  });
})();
