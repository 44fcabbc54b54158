// A file of more than 4 GiB is read where it is needed, in memory that stays.

import { streams } from "./pickers.mjs";
import { equal, open, press } from "./steps.mjs";

/**
 * The most that the processes of one kind may grow by, in MiB. What is read is left by the browser until it finds time
 * to give it back: hundreds of MiB, but not thousands.
 */
const ALLOWED = 1024;

export const large = {
  async "of more than 4 GiB a small file is opened at once, and all is read in bounded memory"(browser, { folder }) {
    await browser.run(streams);
    const before = browser.memory();
    const most = { ...before };
    const look = () => {
      for (const [kind, now] of Object.entries(browser.memory())) most[kind] = Math.max(most[kind] ?? 0, now);
    };
    await open(browser, [`${folder}/large.zip`]);
    await browser.says("Opened: 2 files.");
    await press(browser, "Save small.txt");
    await browser.says("small.txt is saved");
    equal(Buffer.from(await browser.run(() => window.saved["small.txt"])).toString(), "small\n", "small.txt");
    const small = await browser.run(() => window.bytes);
    look();
    const text = (of) => Object.entries(of).map(([kind, it]) => `${kind} ${Math.round(it)} MiB`).join(", ");
    console.log(`  before: ${text(before)}; after the small file: ${text(most)}`);

    await press(browser, "Save large.bin");
    await browser.until("some bytes", () => browser.run((small) => window.bytes > small, small));
    await press(browser, "Save all as one zip");
    await browser.says("Saving large.bin: wait until that is done, or stop it.");
    await press(browser, "Stop");
    await browser.says("Saving large.bin: stopped.");
    equal(await browser.run(() => [Object.keys(window.saved), window.aborted, window.removed]),
      [["small.txt"], ["large.bin"], ["large.bin"]], "saved, aborted, removed");
    await browser.run(() => void (window.bytes = 0));

    const begun = Date.now();
    await press(browser, "Save large.bin");
    let state = "";
    while (!state.includes("large.bin is saved") && !state.includes("failed")) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      look();
      state = await browser.text();
      if (Date.now() - begun > 600_000) throw new Error(`not saved after 10 minutes: ${state}`);
    }
    equal(state.includes("large.bin is saved"), true, state);
    const bytes = await browser.run(() => window.bytes);
    equal(bytes, 4 * 2 ** 30 + 200 * 2 ** 20, "bytes");
    const seconds = (Date.now() - begun) / 1000;
    console.log(`  all ${bytes} bytes read and verified in ${seconds.toFixed(1)} s; at most: ${text(most)}`);
    for (const kind of Object.keys(most)) {
      const grown = most[kind] - (before[kind] ?? 0);
      if (grown > ALLOWED) throw new Error(`the process ${kind} grew by ${Math.round(grown)} MiB`);
    }
  },
};
