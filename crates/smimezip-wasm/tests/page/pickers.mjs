// What a browser gives a page to save to, in the page's memory: its own dialogs are no test's to press. What was
// written is in `window.saved`, what was taken back in `window.aborted`.

export function streams() {
  window.saved = {};
  window.aborted = [];
  window.removed = [];
  window.bytes = 0;
  const file = (path) => ({
    getFile: async () => ({ size: (window.saved[path] ?? []).length }),
    remove: async () => void window.removed.push(path),
    createWritable: async () => {
      const chunks = [];
      return {
        write: async (some) => {
          window.bytes += some.length;
          // What is large is counted only.
          if (window.bytes < 1 << 21) for (const byte of some) chunks.push(byte);
        },
        close: async () => void (window.saved[path] = chunks),
        abort: async () => void window.aborted.push(path),
      };
    },
  });
  const folder = (path) => ({
    getDirectoryHandle: async (name) => folder(`${path}${name}/`),
    getFileHandle: async (name, { create } = {}) => {
      if (!create && !(path + name in window.saved)) throw new DOMException("not there", "NotFoundError");
      return file(path + name);
    },
    removeEntry: async (name) => void window.removed.push(path + name),
  });
  window.showSaveFilePicker = async ({ suggestedName }) => file(suggestedName);
  window.showDirectoryPicker = async () => folder("");
}

/** None at all, as in browsers that have only downloads. */
export function none() {
  delete window.showSaveFilePicker;
  delete window.showDirectoryPicker;
}
