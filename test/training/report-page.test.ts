// The evaluation's page in a real browser: readable on a phone, in the dark and without scripts, and it asks nothing of the network.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exampleEvaluation } from "../../trainer/src/stages/evaluate/report/example-evaluation.ts";
import { renderReport } from "../../trainer/src/stages/evaluate/report/render-report.ts";
import { findChromium } from "../pages/find-chromium.ts";

const executablePath = findChromium();
if (!executablePath)
  console.warn(
    "No Chromium: the tests of the report's page are skipped. Install it, or name it in CHROMIUM_PATH.",
  );

describe.skipIf(!executablePath)("the report's page", () => {
  let browser: Browser;
  let folder: string;
  let url: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "report-page-"));
    const path = join(folder, "report.html");
    await writeFile(path, renderReport(exampleEvaluation(), { showTexts: true }));
    url = pathToFileURL(path).href;
    browser = await chromium.launch({ executablePath: executablePath ?? "", args: ["--no-sandbox"] });
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test("a phone's screen holds it without scrolling sideways, with scripts switched off", async () => {
    const context = await browser.newContext({
      viewport: { width: 360, height: 740 },
      javaScriptEnabled: false,
    });
    const page = await context.newPage();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(url);
    expect(asked).toEqual([url]);
    const box = await page.locator("html").boundingBox();
    expect(box?.width).toBeLessThanOrEqual(360);
    for (const image of await page.locator("svg[role=img]").all()) {
      expect((await image.boundingBox())?.width).toBeGreaterThan(200);
    }
    await context.close();
  });

  test("on paper no column is cut off", async () => {
    const page = await browser.newPage({ viewport: { width: 680, height: 900 } }); // A4 within its margins
    await page.goto(url);
    await page.emulateMedia({ media: "print" });
    const widths = await page.evaluate(() =>
      [...document.querySelectorAll("table")].map((table) => table.getBoundingClientRect().right),
    );
    expect(Math.max(...widths)).toBeLessThanOrEqual(680);
    await page.close();
  });

  test.each(["light", "dark"] as const)(
    "every text stands out from its ground in the %s (WCAG AA, 4.5 to 1)",
    async (colorScheme) => {
      const page = await browser.newPage({ colorScheme });
      await page.goto(url);
      const faint = await page.evaluate(() => {
        const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
        const over = (color: string, ground: readonly number[]) => {
          if (!context) throw new Error("no canvas");
          context.fillStyle = `rgb(${ground.join(" ")})`;
          context.fillRect(0, 0, 1, 1);
          context.fillStyle = color;
          context.fillRect(0, 0, 1, 1);
          return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
        };
        const luminance = (rgb: readonly number[]) => {
          const [red = 0, green = 0, blue = 0] = rgb.map((value) => {
            const share = value / 255;
            return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
          });
          return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        };
        const groundOf = (element: Element | null): readonly number[] =>
          element === null
            ? [255, 255, 255]
            : over(getComputedStyle(element).backgroundColor, groundOf(element.parentElement));
        return [...document.querySelectorAll("body *")].flatMap((element) => {
          const ownText = [...element.childNodes].some(
            (node) => node.nodeType === 3 && node.textContent?.trim(),
          );
          if (!ownText || element.tagName === "title") return []; // a title is no drawn text
          const ground = groundOf(element);
          const style = getComputedStyle(element);
          const text = over(element instanceof SVGElement ? style.fill : style.color, ground);
          const [a, b] = [luminance(text), luminance(ground)];
          const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
          return contrast < 4.5
            ? [`${element.tagName} ${element.textContent?.trim()}: ${contrast.toFixed(2)}`]
            : [];
        });
      });
      expect(faint).toEqual([]);
      await page.close();
    },
  );
});
