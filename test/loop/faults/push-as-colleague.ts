import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Desk } from "./found-quick-company.ts";

/** Pushes a commit of somebody else to the desk's branch, which writes these files; resolves with its id. */
export async function pushAsColleague(
  desk: Desk,
  files: Readonly<Record<string, string>>,
  subject: string,
): Promise<string> {
  const clone = join(desk.folder, "colleague");
  await rm(clone, { recursive: true, force: true });
  await desk.git("clone", "--quiet", desk.origin, clone);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(clone, path)), { recursive: true });
    await writeFile(join(clone, path), content);
  }
  const git = (...args: string[]) =>
    desk.git("-C", clone, "-c", "user.name=A colleague", "-c", "user.email=c@example.org", ...args);
  await git("add", "--force", ...Object.keys(files));
  await git("commit", "--quiet", "--message", subject);
  await git("push", "--quiet");
  return git("rev-parse", "HEAD");
}
