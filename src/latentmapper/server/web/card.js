// A card of the gallery: a photo, a picture of its shape, and what can be done with them.

const LOOKS = { made: "made", failed: "bad", stopped: "stopped" };

export class Card {
  /** `open()` and `again()` hear of its buttons. */
  constructor(name, { open, again }) {
    this.element = make("li", { tabIndex: -1 });
    this.photo = make("img", { alt: "", hidden: true });
    this.shape = make("img", { hidden: true });
    this.name = make("strong");
    this.status = make("span");
    this.open = make("button", { className: "small", textContent: "Open" });
    this.again = make("button", { className: "small" });
    this.open.addEventListener("click", open);
    this.again.addEventListener("click", () => {
      this.element.focus({ preventScroll: true }); // the button goes away
      again();
    });
    const pictures = make("div", { className: "pictures" });
    pictures.append(slot("seen", this.photo), slot("portrait", this.shape));
    const row = make("div", { className: "row" });
    row.append(this.open, this.again);
    this.element.append(pictures, this.name, this.status, row);
    this.rename(name);
    this.tell("waiting", "Waiting…");
  }

  rename(name) {
    this.name.textContent = name;
    this.shape.alt = `The shape of ${name}`;
    this.open.setAttribute("aria-label", `Open ${name}`);
    picture(this.photo, null);
  }

  /** Say how the photo stands: "waiting", "made", "failed" or "stopped", and what that means. */
  tell(state, text) {
    for (const [each, look] of Object.entries(LOOKS)) this.element.classList.toggle(look, each === state);
    this.status.textContent = text;
    this.open.hidden = state !== "made";
    if (state !== "made") picture(this.shape, null);
    this.offer(null);
  }

  /** Offer another try by a button of this name; null offers none. */
  offer(label) {
    this.again.hidden = label === null;
    this.again.textContent = label ?? "";
    this.again.setAttribute("aria-label", `${label}: ${this.name.textContent}`);
  }

  showPhoto(url) {
    picture(this.photo, url);
  }

  /** Show a picture of the shape; null leaves the photo alone. */
  showShape(url) {
    picture(this.shape, url);
    this.element.classList.toggle("flat", url === null);
  }
}

function picture(image, url) {
  image.hidden = !url;
  if (url) image.src = url;
  else image.removeAttribute("src");
}

function slot(className, image) {
  const made = make("div", { className });
  made.append(image);
  return made;
}

function make(tag, values = {}) {
  return Object.assign(document.createElement(tag), values);
}
