// The way to the worker: it is made of the text that stands in the page, and asked one thing after the other.

/** A browser that lets nobody make a script of a text lets this page's one policy do it, for the worker. */
let address = "";
const policy = window.trustedTypes?.createPolicy("smimezip", { createScriptURL: () => address });

/** Makes a worker of a text. */
function workerOf(text) {
  address ||= URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  return new Worker(policy ? policy.createScriptURL("") : address);
}

/** The module's bytes, which stand in the page compressed and as a text. */
async function moduleBytes() {
  const text = byId("module").textContent.trim();
  const packed = Uint8Array.from(atob(text), (it) => it.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

class Asker {
  constructor(onRead) {
    this.onRead = onRead;
    this.waiting = new Map();
    this.last = 0;
    this.worker = null;
  }

  /** Begins with a new worker; whatever the one before was asked for is not answered. */
  async start() {
    this.worker?.terminate();
    for (const { reject } of this.waiting.values()) reject({ text: "stopped", code: "stopped" });
    this.waiting.clear();
    this.worker = workerOf(byId("worker").textContent);
    this.worker.onmessage = ({ data }) => this.take(data);
    this.worker.onerror = (event) => this.fail(event.message || "the worker did not start");
    this.ready = moduleBytes().then((bytes) => this.post("load", [bytes], [bytes.buffer]));
    return this.ready;
  }

  /** Asks for something. */
  async ask(what, ...given) {
    await this.ready;
    return this.post(what, given, []);
  }

  /** Asks for the next bytes of what is under way, in `room`, which comes back with the answer. */
  next(id, room) {
    return this.post("next", [id, room], [room.buffer]);
  }

  post(what, given, moved) {
    this.last += 1;
    const id = this.last;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, what, given }, moved);
    });
  }

  take({ id, answer, error, read }) {
    if (read) return this.onRead(read);
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    if (error) waiting?.reject(error);
    else waiting?.resolve(answer);
  }

  fail(text) {
    for (const { reject } of this.waiting.values()) reject({ text: shown(text), code: "script" });
    this.waiting.clear();
  }
}
