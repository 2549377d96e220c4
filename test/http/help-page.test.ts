import { accessSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createKey } from "../../api/src/auth/create-key.ts";
import { type RunningServer, serveApp } from "../../api/src/node/serve-app.ts";
import type { Database } from "../../shared/src/database/database.ts";
import { openNodePostgres } from "../../shared/src/node/database/open-node-postgres.ts";
import { createTestDatabase } from "../database/create-test-database.ts";
import { createRealApp, type RealApp } from "./create-real-app.ts";

const browserPath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  (path) => {
    try {
      accessSync(path);
      return true;
    } catch {
      return false;
    }
  },
);

let database: Database;
let real: RealApp;
let server: RunningServer;
let browser: Browser;

beforeAll(async () => {
  if (!browserPath) return;
  database = openNodePostgres({ url: await createTestDatabase() });
  real = await createRealApp(database);
  server = await serveApp(real.app, { host: "127.0.0.1", port: 0 });
  const article = {
    title: "Le VPN ne se connecte pas",
    language: "fr",
    content: "1. Redémarrez le client VPN.\n2. Vérifiez votre connexion Internet sans le VPN.",
  };
  const headers = { "content-type": "application/json" };
  await fetch(`${server.url}/documents`, { method: "POST", headers, body: JSON.stringify(article) });
  // A container gives its processes no user namespaces; the page is our own.
  browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
});

afterAll(async () => {
  await browser?.close();
  await server?.stop(0);
  await real?.close();
  await database?.close();
});

/** A page whose errors and refused loads are collected. */
async function open(path: string, locale: string, width = 1_280): Promise<{ page: Page; errors: string[] }> {
  const page = await browser.newPage({ locale, viewport: { width, height: 900 } });
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  await page.goto(server.url + path);
  return { page, errors };
}

const inBrowser = test.skipIf(!browserPath);

inBrowser(
  "a person asks, reads steps with a source that opens, says that it helped and corrects the queue",
  async () => {
    const { page, errors } = await open("/", "fr-FR");
    expect(await page.textContent("h1")).toBe("Qu'est-ce qui ne marche pas ?");
    await page.fill("#question", "Mon VPN ne se connecte pas");
    await page.keyboard.press("Control+Enter");
    await page.waitForSelector(".made:not(:empty)");
    expect(await page.textContent(".badges")).toContain("Network / Infrastructure");
    expect(await page.textContent(".answer ol")).toContain("Redémarrez le client VPN");
    expect(await page.getAttribute(".answer .cite", "href")).toBe(
      `#${await page.getAttribute(".sources li", "id")}`,
    );
    await page.click(".sources summary");
    await page.waitForSelector(".sources details .quote");

    await page.click("[data-helpful=true]");
    await page.waitForSelector(".thanks:not(:empty)");
    await page.click(".judge summary");
    await page.selectOption("[name=correct_queue]", "Security / Access");
    await page.click(".correct button");
    const id = (await page.getAttribute(".exchange", "id"))?.replace("answer-", "");
    await expect
      .poll(async () => (await (await fetch(`${server.url}/predictions/${id}`)).json()).feedback)
      .toMatchObject([{ helpful: true }, { correct_queue: "Security / Access" }]);
    expect(errors).toEqual([]);
    await page.close();
  },
);

inBrowser(
  "a hand-off says why, in the language that was chosen, and an unreachable server is said",
  async () => {
    const { page } = await open("/?q=what%20is%20the%20capital%20of%20Peru", "en-GB", 390);
    await page.waitForSelector(".notice:not([hidden])");
    expect(await page.textContent(".notice")).toMatch(
      /this does not look like a question for IT|knowledge base has nothing/,
    );
    await page.click("#language");
    expect(await page.textContent("#send")).toBe("Poursuivre");
    await page.route("**/ask", (route) => route.abort());
    await page.fill("#question", "encore");
    await page.click("#send");
    await page.waitForSelector(".notice.failed");
    expect(await page.textContent(".notice.failed")).toContain("Le serveur est injoignable");
    await page.close();
  },
);

inBrowser(
  "nothing runs out of the page's width on a phone, and text of an answer is never markup",
  async () => {
    const { page, errors } = await open("/", "en-GB", 360);
    await page.route("**/ask", (route) =>
      route.fulfill({
        contentType: "text/event-stream",
        body: `event: delta\ndata: ${JSON.stringify({ text: `<img src=x onerror=alert(1)> ${"w".repeat(300)}` })}\n\ndata: [DONE]\n\n`,
      }),
    );
    await page.fill("#question", "<b>bold</b> ".repeat(40));
    await page.click("#send");
    await page.waitForSelector(".answer p:has-text('onerror')");
    expect(await page.locator(".exchange img, .exchange b").count()).toBe(0);
    expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
    expect(errors).toEqual([]);
    await page.close();
  },
);

inBrowser(
  "where keys are needed the page asks for one, says what is wrong with it, keeps it in the tab and answers the question",
  async () => {
    const database = openNodePostgres({ url: await createTestDatabase() });
    const locked = await createRealApp(database);
    const lockedServer = await serveApp(locked.app, { host: "127.0.0.1", port: 0 });
    const { key } = await createKey(
      database,
      { name: "Ana", scopes: ["ask"], expiresAt: null },
      "local:test",
    );
    const page = await browser.newPage({ locale: "en-GB" });
    await page.goto(`${lockedServer.url}/?q=My%20VPN%20does%20not%20connect`);
    await page.waitForSelector("#key:not([hidden])");
    await page.waitForSelector(".notice.failed");
    await page.fill("#key-value", `sia_aaaaaaaa_${"A".repeat(43)}`);
    await page.click("#key button");
    await page.waitForSelector("#key-refused:not(:empty)");
    expect(await page.textContent("#key-refused")).toContain("No key of this agent is like this one");
    await page.waitForSelector(".notice.failed");
    await page.fill("#key-value", key);
    await page.click("#key button");
    await page.waitForSelector(".badges .badge");
    expect(await page.isHidden("#key")).toBe(true);
    expect(await page.locator(".exchange").count()).toBe(1);
    expect(await page.evaluate("JSON.stringify(localStorage) + document.cookie")).not.toContain("sia_");
    const other = await browser.newPage();
    await other.goto(lockedServer.url);
    await other.waitForSelector("#key:not([hidden])");
    await other.close();
    await page.close();
    await lockedServer.stop(0);
    await locked.close();
    await database.close();
  },
);

inBrowser("the interface's documentation shows every route from files of this server alone", async () => {
  const { page, errors } = await open("/docs", "en-GB");
  await page.waitForSelector("#operations-Ask-ask");
  const { paths } = await (await fetch(`${server.url}/openapi.json`)).json();
  const operations = Object.values<object>(paths).flatMap((path) => Object.keys(path));
  expect(operations.length).toBeGreaterThan(30);
  expect(await page.locator(".opblock").count()).toBe(operations.length);
  expect(errors).toEqual([]);
  await page.close();
});
