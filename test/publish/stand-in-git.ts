import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * A folder for the front of PATH whose `git` is the real one, except for `git push`, which does as `onPush` says in shell ("$real" is the real program), and which writes every
 * argument into calls.txt beside it.
 */
export async function standInGit(folder: string, realGit: string, onPush = ":"): Promise<string> {
  await mkdir(folder, { recursive: true });
  const script = `#!/bin/sh
real=${realGit}
printf '%s\\n' "$*" >> ${join(folder, "calls.txt")}
if [ "$1" = push ]; then
${onPush}
fi
exec "$real" "$@"
`;
  await writeFile(join(folder, "git"), script);
  await chmod(join(folder, "git"), 0o755);
  return folder;
}
