// The two ways to use the page, as tabs.

/** Let clicks and arrow keys switch between the panels of the tabs; returns what switches to one by its id. */
export function watchTabs(chose) {
  const tabs = [...document.querySelectorAll('[role="tab"]')];
  const select = (chosen) => {
    for (const tab of tabs) {
      tab.setAttribute("aria-selected", tab === chosen);
      tab.tabIndex = tab === chosen ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = tab !== chosen;
    }
    chose(chosen.getAttribute("aria-controls"));
  };
  const choose = (id) => select(tabs.find((tab) => tab.getAttribute("aria-controls") === id));
  for (const [place, tab] of tabs.entries()) {
    tab.addEventListener("click", () => select(tab));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = tabs[(place + step + tabs.length) % tabs.length];
      select(next);
      next.focus();
    });
  }
  return choose;
}
