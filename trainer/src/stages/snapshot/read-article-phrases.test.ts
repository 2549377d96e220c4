import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readArticlePhrases } from "./read-article-phrases.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "articles-"));
  await mkdir(join(folder, "fr"));
});

afterAll(() => rm(folder, { recursive: true }));

test("title, keywords and symptoms are phrases for the article's queue; its steps are not", async () => {
  await writeFile(
    join(folder, "fr/vpn.md"),
    '---\ntitle: Mon VPN ne se connecte pas\nqueue: Network\nlanguage: fr\nkeywords: [vpn HS, "809"]\n---\n' +
      "# Mon VPN\n\n- « Le client tourne sans fin. »\n\n1. Redémarrez.\n2. Attendez.\n\n- Erreur 691 : refus\n",
  );
  await writeFile(join(folder, "plain.md"), "# No front matter\n\n- something\n");
  await writeFile(join(folder, "no-queue.md"), "---\ntitle: Canteen\n---\n\n- menu\n");
  const phrases = await readArticlePhrases(folder);
  expect(phrases.map(({ text }) => text)).toEqual([
    "Mon VPN ne se connecte pas",
    "vpn HS",
    "809",
    "Le client tourne sans fin.",
  ]);
  expect(new Set(phrases.map(({ group, queue, language }) => `${group} ${queue} ${language}`))).toEqual(
    new Set(["article:fr/vpn.md Network fr"]),
  );
  expect(new Set(phrases.map(({ id }) => id)).size).toBe(4);
});

test("front matter that cannot be read names its file", async () => {
  await writeFile(join(folder, "broken.md"), "---\ntitle: [\n---\n\ntext\n");
  await expect(readArticlePhrases(folder)).rejects.toThrow(/front matter of broken\.md/);
});
