// What this tab works on, kept over reloads; other tabs have their own.

const KEY = "latentmapper.shape";

export function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}

export function keep(values) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ ...kept(), ...values }));
  } catch {
    // full, or forbidden: the page then forgets on reload
  }
}

export function drop() {
  sessionStorage.removeItem(KEY);
}
