"use strict";
// What needs a script, and nothing that a page cannot do without: copy buttons, and all of it in print.
(() => {
  const select = (element) => getSelection().selectAllChildren(element);

  const copy = async (text, shown) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      select(shown); // over plain http there is no clipboard: what is to be copied is selected
      return false;
    }
  };

  for (const shown of document.querySelectorAll("[data-copy]")) {
    const button = document.createElement("button");
    const said = document.createElement("span");
    button.type = "button";
    button.textContent = "Copy";
    button.setAttribute("aria-label", "Copy the call");
    said.setAttribute("role", "status");
    button.addEventListener("click", async () => {
      const done = await copy(shown.dataset.copy, shown);
      said.textContent = done ? "Copied." : "Selected: press Ctrl+C or \u2318C.";
      setTimeout(() => { said.textContent = ""; }, 4000);
    });
    const bar = document.createElement("div");
    bar.className = "copy";
    bar.append(button, said);
    shown.after(bar);
  }

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const each of closed) each.open = true;
  });
  addEventListener("afterprint", () => {
    for (const each of closed) each.open = false;
  });
})();
