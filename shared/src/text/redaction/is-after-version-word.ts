/** Whether the number at `start` is named a version by what stands right before it ("v", "version", "build", "firmware 2 ->"). */
export function isAfterVersionWord(text: string, start: number): boolean {
  return versionWord.test(text.slice(Math.max(0, start - 24), start));
}

const versionWord =
  /(?:^|[^\p{L}])(?:v|ver|version|versi[oó]n|vers[aã]o|versie|build|firmware|release|rev|driver|pilote)[ .:=n°]{0,4}$/iu;
