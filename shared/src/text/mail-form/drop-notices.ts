/**
 * Lines without confidentiality notices, each to the end of its paragraph, requests to spare paper and "Sent from my iPhone". A notice is
 * known by how it begins and by what it goes on to say: that it is confidential, and what somebody who got it by mistake has to do.
 */
export function dropNotices(lines: readonly string[]): string[] {
  const kept: string[] = [];
  for (const paragraph of paragraphsOf(lines)) {
    const text = paragraph.join("\n");
    const from = noticeStart(text);
    const rest = from === undefined ? text : text.slice(0, from).trimEnd();
    kept.push(...rest.split("\n").filter((line) => !deviceLine.test(line) && !paperLine.test(line)), "");
  }
  return kept.slice(0, -1);
}

/** Lines between empty ones; each empty line ends one. */
function paragraphsOf(lines: readonly string[]): string[][] {
  const paragraphs: string[][] = [[]];
  for (const line of lines) {
    if (line === "") paragraphs.push([]);
    else paragraphs.at(-1)?.push(line);
  }
  return paragraphs;
}

/** Where the first notice of a paragraph begins; of many openings that are none the first ones are tried. */
function noticeStart(paragraph: string): number | undefined {
  let tried = 0;
  for (const { index } of paragraph.matchAll(opening)) {
    const notice = paragraph.slice(index, index + 1_500);
    if (secrecy.test(notice) && mistake.test(notice)) return index;
    tried += 1;
    if (tried === maxTried) return undefined;
  }
  return undefined;
}

const maxTried = 10;

const opening =
  /(?<=^|\n|[.!?:*] )\*{0,2}(?:(?:this|the information (?:contained )?in this|the contents? of this) (?:e-?mail|message|communication|transmission)|if you (?:are not the intended|have received this)|confidentiality notice|disclaimer ?:|ce (?:message|courriel|mail|e-?mail|courrier(?: électronique)?)|les informations contenues dans ce|si vous (?:n['’]êtes pas le destinataire|avez reçu ce)|avis de confidentialité|ce (?:message|courriel) et (?:ses|toutes))/giu;

const secrecy =
  /confidenti|privileged|intended (?:solely|only|recipient)|destiné|destinataire|usage exclusif|à l['’]attention exclusive/iu;

const mistake =
  /(?:in error|by mistake|not the intended|unauthori[sz]ed|strictly prohibited|notify the sender|par erreur|n['’]êtes pas le destinataire|strictement interdit|avertir|informer (?:immédiatement )?l['’]expéditeur|non autorisée)/iu;

const deviceLine =
  /^(?:sent from (?:my |the )?(?:iphone|ipad|android|samsung|galaxy|huawei|blackberry|mobile|phone|smartphone|outlook|mail|yahoo|gmail|windows mail|proton)(?: (?:phone|device|mobile|mail|for|ios|android|windows|\d{1,2}|galaxy|smartphone|\w\d{1,3})){0,4}|get outlook for (?:ios|android|mac).{0,40}|envoyé (?:de|depuis|à partir de|avec) (?:mon |ma |l['’]application )?(?:iphone|ipad|android|samsung|galaxy|huawei|mobile|téléphone|smartphone|tablette|outlook|mail|yahoo|gmail|courrier|appareil|proton)(?: (?:mobile|mail|pour|ios|android|windows|portable|samsung|\d{1,2}|orange|sfr|free)){0,4}|(?:télécharge[rz]|obtene[zr]) outlook pour .{0,40})[.!]?$/iu;

const paperLine =
  /^(?:p ?)?(?:please (?:consider|think of) the environment before printing|think before you print|pensez à l['’]environnement avant|n['’]imprimez ce (?:message|mail|courriel) que si|avant d['’]imprimer,? pensez).{0,120}$/iu;
