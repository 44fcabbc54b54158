// Where what is saved goes: a stream to a file, if the browser has such, else a download of what was put together
// before. Nothing gets its name before all of it is verified: a stream that is aborted leaves what was there.

/** A file that the reader chose; or that was made in a folder of theirs, and can be removed. */
class FileSink {
  constructor(handle, remove) {
    this.handle = handle;
    this.remove = remove;
  }

  async begin() {
    // Choosing a new name makes an empty file.
    if (!this.remove && (await this.handle.getFile()).size === 0) this.remove = () => this.handle.remove?.();
    this.stream = await this.handle.createWritable();
  }

  write(bytes) {
    return this.stream.write(bytes);
  }

  finish() {
    return this.stream.close();
  }

  /** Leaves nothing that was not there before. */
  async abort() {
    await this.stream?.abort().catch(() => {});
    await this.remove?.()?.catch(() => {});
  }
}

/** A download, whose bytes the browser keeps, on its disk if they are many. */
class DownloadSink {
  constructor(name) {
    this.name = name;
    this.kept = [];
  }

  async begin() {}

  async write(bytes) {
    this.kept.push(new Blob([bytes]));
  }

  async finish() {
    const address = URL.createObjectURL(new Blob(this.kept, { type: "application/octet-stream" }));
    element("a", { href: address, download: this.name }).click();
    // It has begun by then, and keeps the bytes for itself.
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    this.kept = [];
  }

  async abort() {
    this.kept = [];
  }
}

/** A sink for one file, as the reader chooses; none if they choose nothing. */
async function chosenSink(name) {
  if (window.showSaveFilePicker) {
    try {
      return new FileSink(await showSaveFilePicker({ suggestedName: name }));
    } catch (error) {
      if (error.name === "AbortError") return null;
      // Not every page may ask; every page may download.
    }
  }
  return new DownloadSink(name);
}
