// Light or dark: as the system says, until the user says otherwise.

const KEY = "latentmapper.theme";
const system = matchMedia("(prefers-color-scheme: dark)");

/** Follow the system's colours or the user's choice, and tell `changed` whether they are dark. */
export function watchTheme(button, changed) {
  const apply = () => {
    const dark = (localStorage.getItem(KEY) ?? (system.matches ? "dark" : "light")) === "dark";
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    button.setAttribute("aria-pressed", dark);
    changed(dark);
  };
  system.addEventListener("change", apply);
  button.addEventListener("click", () => {
    localStorage.setItem(KEY, document.documentElement.dataset.theme === "dark" ? "light" : "dark");
    apply();
  });
  apply();
}
