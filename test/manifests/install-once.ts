import { access, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const toolsFolder = fileURLToPath(new URL("../../.tools", import.meta.url));

/** A tool of the tests in .tools/NAME: filled by `fill` beside it and renamed, so that a folder that is there is whole; of two at once, one wins. Gives the folder. */
export async function installOnce(name: string, fill: (draft: string) => Promise<void>): Promise<string> {
  const target = join(toolsFolder, name);
  if (await exists(target)) return target;
  await mkdir(toolsFolder, { recursive: true });
  const draft = await mkdtemp(join(toolsFolder, `${name}-draft-`));
  try {
    await fill(draft);
    await rename(draft, target).catch(async (error) => {
      if (!(await exists(target))) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return target;
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
