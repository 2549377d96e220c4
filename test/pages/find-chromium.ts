import { existsSync } from "node:fs";

/** Where distributions put Chromium; CHROMIUM_PATH names another. Null where there is none. */
export function findChromium(): string | null {
  const places = [
    process.env.CHROMIUM_PATH,
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  ];
  return places.find((place) => place && existsSync(place)) ?? null;
}
