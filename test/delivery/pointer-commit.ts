/** The files and the message with which the trainer publishes the bundle of that hash. */
export function pointerCommit(hash: string) {
  const files = {
    "dvc.lock": lockOf(hash),
    "data/current/snapshot.dvc": `outs:\n- md5: ${hash}.dir\n  path: snapshot\n`,
    "models/current.metrics.json": JSON.stringify({ bundle: { version: `1-${hash}`, hash } }),
    "models/current.best-params.json": "{}\n",
    "models/current.card.md": `# ${hash}\n`,
  };
  const trailers = [`Training-Cycle: cycle-of-${hash}`, `Model-Version: 1-${hash}`, `Bundle-Hash: ${hash}`];
  return { files, message: `Publish model 1-${hash}\n\nIt is better.\n\n${trailers.join("\n")}\n` };
}

/** dvc.lock with a stage of the starter, which is a person's, and one of the company's own data. */
export function lockOf(hash: string, starter = "a person's"): string {
  return `schema: '2.0'\nstages:\n  train@starter:\n    cmd: ${starter}\n  export-to-dvc@current:\n    cmd: export\n    outs:\n    - path: models/current\n      md5: ${hash}.dir\n`;
}
