import { fileURLToPath } from "node:url";

/** The folder of the checkout, or of the image, that this program runs out of. */
export const repositoryRoot = fileURLToPath(new URL("../../../", import.meta.url));
