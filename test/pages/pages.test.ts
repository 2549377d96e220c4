import { rm } from "node:fs/promises";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { copyStarterDatabase } from "../answers/copy-starter-database.ts";
import { type ServerProcess, startServerProcess } from "../http/start-server-process.ts";
import { findChromium } from "./find-chromium.ts";

const executablePath = findChromium();
if (!executablePath)
  console.warn("No Chromium: the tests of the pages are skipped. Install it, or name it in CHROMIUM_PATH.");

describe.skipIf(!executablePath)(
  "the pages, in a real browser, on the real server with the starter content",
  () => {
    let browser: Browser;
    let server: ServerProcess;
    let dataDir: string;
    let url: string;

    beforeAll(async () => {
      dataDir = await copyStarterDatabase();
      server = startServerProcess({ DATA_DIR: dataDir });
      url = await server.url;
      browser = await chromium.launch({
        executablePath: executablePath ?? "",
        args: ["--no-sandbox", "--disable-background-networking", "--disable-sync", "--no-first-run"],
      });
    }, 900_000);

    afterAll(async () => {
      await browser?.close();
      server?.child.kill("SIGTERM");
      await server?.ended;
      await rm(dataDir, { recursive: true, force: true });
    });

    /** A page that remembers whatever it asks another host for, and every error. */
    async function open(path: string, language = "en-GB"): Promise<{ page: Page; faults: string[] }> {
      const page = await browser.newPage({ locale: language });
      const faults: string[] = [];
      page.on("request", (request) => {
        if (!request.url().startsWith(url) && !request.url().startsWith("data:")) faults.push(request.url());
      });
      page.on("pageerror", (error) => faults.push(error.message));
      page.on("console", (message) => {
        if (message.type() === "error") faults.push(message.text());
      });
      await page.goto(`${url}${path}`);
      return { page, faults };
    }

    test("a question is answered with steps, its source by name, queue and urgency, and can be corrected", async () => {
      const { page, faults } = await open("/");
      await page.fill("textarea", "Mon VPN ne marche pas");
      await page.click("#ask button[type=submit]");
      await page.waitForSelector("article ol li");
      await page.waitForSelector("article .judge:not([hidden])");
      const answer = await page.innerText("article");
      expect(answer).toContain("Network / Infrastructure");
      expect(await page.locator("article ol li").count()).toBeGreaterThanOrEqual(4);
      expect(await page.locator("article .sources summary").first().innerText()).toMatch(/VPN/);
      await page.click("article .judge summary");
      await page.selectOption("select[name=correct_urgency]", "high");
      await page.click("article .correct button[type=submit]");
      await page.waitForFunction(() => document.querySelector(".thanks")?.textContent);
      expect(faults).toEqual([]);
      await page.close();
    });

    test("an item that stands under a step is shown under that step, and the next step keeps its number", async () => {
      const article =
        "# The label printer ZX9 prints blank labels\n\n1. Open the calibration menu of the label printer:\n   - on the ZX9, hold Pause\n   - on the ZX7, hold Feed\n2. Print a test label.\n";
      const written = await fetch(`${url}/documents?external_id=zx9`, {
        method: "POST",
        headers: { "content-type": "text/markdown" },
        body: article,
      });
      expect(written.status).toBe(201);
      const { page } = await open("/");
      await page.fill("textarea", "the label printer ZX9 prints blank labels");
      await page.click("#ask button[type=submit]");
      await page.waitForSelector("article .judge:not([hidden])");
      const items = await page.locator("article .answer ol > li").all();
      expect(items).toHaveLength(2);
      expect(await items[0]?.locator("ul > li").allInnerTexts()).toEqual([
        "on the ZX9, hold Pause",
        expect.stringContaining("on the ZX7, hold Feed"),
      ]);
      await page.close();
    });

    test("what is not for IT is handed over with a reason, in the page's language", async () => {
      const { page, faults } = await open("/", "fr-FR");
      await page.fill("textarea", "Donne-moi une recette de tarte aux pommes");
      await page.click("#ask button[type=submit]");
      await page.waitForFunction(() =>
        document.querySelector("article")?.textContent?.includes("informatique"),
      );
      expect(await page.locator("article ol li").count()).toBe(0);
      expect(faults).toEqual([]);
      await page.close();
    });

    test("the interface's page lists the routes and loads everything from this server", async () => {
      const { page, faults } = await open("/docs");
      await page.waitForSelector("text=Look up a prediction");
      expect(faults).toEqual([]);
      await page.close();
    });

    test("nothing runs over the side of a phone's screen", async () => {
      const { page } = await open("/");
      await page.setViewportSize({ width: 360, height: 740 });
      await page.fill("textarea", "Mon VPN ne marche pas");
      await page.click("#ask button[type=submit]");
      await page.waitForSelector("article .judge:not([hidden])");
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width).toBeLessThanOrEqual(360);
      await page.close();
    });
  },
);
