/** About one text of full length (256 tokens): the work that nobody else should have to wait for. */
const jobCharacters = 1_024;
const jobTexts = 32;

/**
 * Cuts a call's texts into jobs for single workers: text numbers, each exactly once. Texts of similar
 * length come together, because texts with equally many tokens run as one batch. A job ends at 1,024
 * characters or 32 texts; a longer text is a job of its own.
 */
export function splitIntoJobs(texts: readonly string[]): number[][] {
  const byLength = texts.map((text, number) => ({ number, length: text.length }));
  byLength.sort((a, b) => a.length - b.length || a.number - b.number);

  const jobs: number[][] = [];
  let job: number[] = [];
  let characters = 0;
  for (const { number, length } of byLength) {
    if (job.length > 0 && (characters + length > jobCharacters || job.length === jobTexts)) {
      jobs.push(job);
      job = [];
      characters = 0;
    }
    job.push(number);
    characters += length;
  }
  if (job.length > 0) jobs.push(job);
  return jobs;
}
