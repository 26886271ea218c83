// Requests to the server that this page comes from, and what goes wrong with them in words.

const TOKEN = "latentmapper.token";

export class Problem extends Error {
  /** `lost` tells that there is no server to answer, or none for long, so that trying again makes sense. */
  constructor(message, status, lost) {
    super(message);
    Object.assign(this, { status, lost });
  }

  /** Whether the same may be answered another time: the server was not reached, had no room, or took too long. */
  get passing() {
    return this.lost || this.status === 429 || this.status === 503;
  }
}

/** The response to a request; throws a `Problem` with a sentence for people. */
export async function ask(path, options = {}) {
  const token = sessionStorage.getItem(TOKEN);
  const response = await reach(path, options, token);
  if (response.ok) return response;
  if (response.status === 401) {
    // Where it was given while this request was on its way, it is not asked for again.
    if (token === sessionStorage.getItem(TOKEN)) await askForToken(Boolean(token));
    return ask(path, options);
  }
  throw new Problem(await sentence(response), response.status, isAway(response));
}

export async function askJson(path, options) {
  return (await ask(path, options)).json();
}

/** POST a JSON value. */
export function post(path, value, signal) {
  return ask(path, {
    method: "POST", body: JSON.stringify(value), headers: { "Content-Type": "application/json" }, signal,
  });
}

async function reach(path, options, token) {
  const headers = { ...options.headers, ...(token ? { Authorization: `Bearer ${token}` } : {}) };
  try {
    const response = await fetch(path, { ...options, headers });
    const body = await response.arrayBuffer(); // a connection can be lost after an answer has begun, too
    return new Response(body.byteLength ? body : null, response);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem("The server does not answer. Is it still running?", 0, true);
  }
}

/** Whether a server is about to end, or holds as many connections as it can: those answers are no JSON. */
function isAway({ status, headers }) {
  return status === 503 && (headers.has("Retry-After") || !headers.get("Content-Type")?.includes("json"));
}

async function sentence(response) {
  try {
    return capital((await response.json()).detail);
  } catch {
    return `The server answered with ${response.status}.`;
  }
}

/** The first letter in upper case, unless it begins the name of a file. */
export function capital(text) {
  return /^[a-z]+[ ,;]/.test(text) ? text[0].toUpperCase() + text.slice(1) : text;
}

/** A message of the command line without the options that it names: the page has buttons for them. */
export function withoutOptions(text) {
  return text.replace(/; --.*$/, ".");
}

let asking = null;

/** Ask the user for the server's token, once however many requests need it; `wrong` tells that one was given. */
function askForToken(wrong) {
  asking ??= new Promise((resolve) => {
    const dialog = document.getElementById("token-dialog");
    const field = document.getElementById("token");
    field.value = "";
    document.getElementById("token-problem").hidden = !wrong;
    dialog.addEventListener("close", () => {
      asking = null;
      const given = field.value.trim();
      sessionStorage.setItem(TOKEN, /^[ -~]*$/.test(given) ? given : ""); // no header carries other letters
      resolve();
    }, { once: true });
    dialog.showModal();
  });
  return asking;
}
