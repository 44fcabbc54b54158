// How it looks and reads: nothing is wider than a phone, everything has a name for who hears the page, in light and in
// dark. With SMIMEZIP_SHOTS=FOLDER the pictures are kept there for somebody to look at.

import { writeFileSync } from "node:fs";
import { equal, key, open, parts, unfold } from "./steps.mjs";

export const looks = {
  async "it fits, is named and can be told apart, light and dark, small and large"(browser) {
    for (const scheme of ["light", "dark"]) {
      for (const width of [375, 1440]) {
        const features = [{ name: "prefers-color-scheme", value: scheme }];
        await browser.devtools("Emulation.setEmulatedMedia", { features });
        const size = { width, height: 900, deviceScaleFactor: 1, mobile: false };
        await browser.devtools("Emulation.setDeviceMetricsOverride", size);
        await browser.call("POST", "/refresh", {});
        await check(browser, `${scheme}-${width}-begin`);
        await open(browser, parts("z01", "z02", "zip"), [key]);
        await browser.says("Opened: 6 files.");
        await unfold(browser);
        await check(browser, `${scheme}-${width}-open`);
      }
    }
    await browser.devtools("Emulation.clearDeviceMetricsOverride", {});
    await browser.devtools("Emulation.setEmulatedMedia", { features: [] });
  },
};

async function check(browser, name) {
  const wide = await browser.run(() => {
    const elements = [...document.querySelectorAll("body *")];
    const right = (it) => it.getBoundingClientRect().right;
    return elements.filter((it) => right(it) > innerWidth + 1).map((it) => it.outerHTML.slice(0, 80));
  });
  equal(wide, [], `${name}: wider than the window`);
  const labels = await Promise.all((await browser.all("button, summary, input")).map(async (id) => {
    const isShown = await browser.call("GET", `/element/${id}/displayed`);
    return isShown ? browser.label(id) : "hidden";
  }));
  equal(labels.filter((label) => !label), [], `${name}: without a label`);
  const faint = await browser.run(contrasts);
  equal(faint, [], `${name}: too little contrast`);
  const folder = process.env.SMIMEZIP_SHOTS;
  if (folder) {
    const { cssContentSize: { width, height } } = await browser.devtools("Page.getLayoutMetrics", {});
    const clip = { x: 0, y: 0, width, height, scale: 1 };
    const { data } = await browser.devtools("Page.captureScreenshot", { clip, captureBeyondViewport: true });
    writeFileSync(`${folder}/${name}.png`, Buffer.from(data, "base64"));
  }
}

/** Texts of less contrast than WCAG 2.2 asks for (1.4.3): 4.5 to 1. */
function contrasts() {
  const channels = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const light = (color) => {
    const [red, green, blue] = channels(color).map((it) => {
      const part = it / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (it) => {
    for (let at = it; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if ((channels(color)[3] ?? 1) === 1) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const texts = [...document.querySelectorAll("body *")].filter((it) =>
    it.getClientRects().length && [...it.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
  return texts.flatMap((it) => {
    const [one, two] = [light(getComputedStyle(it).color), light(behind(it))].sort((a, b) => b - a);
    const contrast = (one + 0.05) / (two + 0.05);
    return contrast < 4.5 ? [`${contrast.toFixed(1)}: ${it.textContent.slice(0, 40)}`] : [];
  });
}
