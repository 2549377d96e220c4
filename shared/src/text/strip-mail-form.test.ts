import { describe, expect, test } from "vitest";
import { cleanText } from "./clean-text.ts";
import { partSeparator } from "./part-separator.ts";
import { prepareText } from "./prepare-text.ts";
import { stripMailForm } from "./strip-mail-form.ts";

const signatureFr =
  "Bien cordialement,\nSophie Martin\nResponsable paie | Direction des ressources humaines\nContoso SAS, 12 rue de la Paix, 75002 Paris\nTél. : 01 99 00 66 77 | sophie.martin@contoso.example";
const signatureEn =
  "Kind regards,\nJulie Martin\nSenior Account Manager | Sales EMEA\nContoso Ltd, 12 High Street, London\nT +44 1632 960123 | julie.martin@contoso.example";
const noticeFr =
  "Ce message et ses pièces jointes sont confidentiels et destinés exclusivement à leur destinataire. Si vous l'avez reçu par erreur, merci d'en avertir l'expéditeur et de le supprimer.";
const noticeEn =
  "This e-mail and any attachments are confidential and intended solely for the addressee. If you have received it in error please notify the sender and delete it.";

describe("of a mail stays what was asked:", () => {
  const cases: [string, string, string][] = [
    [
      "a greeting and a closing, French",
      "Bonjour,\n\nMon VPN est lent. Pouvez-vous m'aider ? Merci d'avance",
      "Mon VPN est lent.",
    ],
    [
      "a greeting and a closing, English",
      "Hi team,\n\nMy VPN is slow. Could you please help? Thanks in advance",
      "My VPN is slow.",
    ],
    [
      "a signature of four lines, French",
      `Bonjour,\n\nMon VPN est lent\n\n${signatureFr}`,
      "Mon VPN est lent",
    ],
    ["a signature of four lines, English", `Hi,\n\nMy VPN is slow\n\n${signatureEn}`, "My VPN is slow"],
    ["a notice behind it, French", `Mon VPN est lent\n\n${signatureFr}\n\n${noticeFr}`, "Mon VPN est lent"],
    ["a notice behind it, English", `My VPN is slow\n\n${signatureEn}\n\n${noticeEn}`, "My VPN is slow"],
    ["a notice in front, to the end of its paragraph", `${noticeEn}\n\nMy VPN is slow`, "My VPN is slow"],
    ["a notice behind a sentence", `My VPN is slow. ${noticeEn}`, "My VPN is slow."],
    [
      "everything on one line",
      "Bonjour, je n'arrive pas à ouvrir le serveur, pouvez-vous m'aider ? Cordialement, Sophie Martin, Service RH, Tél : 01 99 00 66 77",
      "je n'arrive pas à ouvrir le serveur",
    ],
    ["a greeting by name", "Bonjour Marie Dupont,\nmon écran est noir", "mon écran est noir"],
    [
      "a greeting under the subject",
      "Écran noir\n\nMadame, Monsieur,\n\nmon écran est noir",
      "Écran noir\n\nmon écran est noir",
    ],
    ["a greeting without a mark", "bonjour mon écran est noir", "mon écran est noir"],
    ["a wish", "Hi, hope you're well. My laptop won't turn on. Thanks, Julie", "My laptop won't turn on."],
    ["a closing behind a comma", "ecran noir, merci", "ecran noir"],
    ["a closing without a comma", "mon écran est noir merci d'avance cordialement", "mon écran est noir"],
    ["a closing with a name", "printer jam again\nCheers, Wendy", "printer jam again"],
    ["a name in small letters", "printer jam again\nthanks\nhelen", "printer jam again"],
    ["a title", "screen broken\n\nWith thanks\nMargaret\nMedical secretary", "screen broken"],
    ["what is behind the delimiter", "mon pc plante\n--\nJean Dupont\nDSI\n01 99 00 66 77", "mon pc plante"],
    ["a line of the device, French", "mon mail ne part pas\n\nEnvoyé de mon iPhone", "mon mail ne part pas"],
    [
      "a line of the device, English",
      "my mail does not leave\n\nSent from my Samsung Galaxy",
      "my mail does not leave",
    ],
    [
      "the headers of a forwarded mail, not its body, French",
      "TR: souci\nDe : Paul Durand <paul@contoso.example>\nEnvoyé : mardi 12 mars 2024 09:12\nÀ : Sophie Martin\nObjet : souci\n\nMon VPN est lent",
      "TR: souci\n\nMon VPN est lent",
    ],
    [
      "the subject of a forwarded mail that stands nowhere else",
      "See below\n\n-----Original Message-----\nFrom: Paul\nSent: Tuesday\nTo: Julie\nSubject: RE: VPN slow at home\n\nIt drops every hour",
      "See below\n\nVPN slow at home\n\nIt drops every hour",
    ],
    [
      "quote marks",
      "On Tue, 12 Mar 2024 at 09:12, Helpdesk wrote:\n> Please leave the laptop at reception.\n> > Which one?\nOk but when?",
      "Please leave the laptop at reception.\nWhich one?\nOk but when?",
    ],
    [
      "a line of who wrote, cut in two",
      "toujours lent\nLe lun. 3 mars 2025 à 10:12, Paul Durand\n<paul@contoso.example> a écrit :\n> le VPN est lent",
      "toujours lent\nle VPN est lent",
    ],
    [
      "what follows a closing",
      "VPN en panne. Merci d'avance. PS: l'erreur est 0x80070005",
      "VPN en panne. PS: l'erreur est 0x80070005",
    ],
    [
      "what follows a closing of its own line",
      "mon pc est lent\nCordialement\nEt l'imprimante ne marche pas",
      "mon pc est lent\nEt l'imprimante ne marche pas",
    ],
    [
      "devices behind a closing",
      "Deux pannes, merci\nImprimante HS\nÉcran noir bureau 12",
      "Deux pannes\nImprimante HS\nÉcran noir bureau 12",
    ],
    [
      "what behind a closing is no signature",
      "Trois soucis, merci\nService Outlook indisponible\nOffice 365 licence\nport 3389\nhttps://intranet.example/app\nGroupe AD\nINC 0012345",
      "Trois soucis\nService Outlook indisponible\nOffice 365 licence\nport 3389\nhttps://intranet.example/app\nGroupe AD\nINC 0012345",
    ],
    ...[
      "Service Outlook indisponible",
      "Office 365 licence",
      "port 3389",
      "Groupe AD",
      "INC 0012345",
      "Compte Dupont",
    ].map((line): [string, string, string] => [
      `"${line}" right behind a closing`,
      `Un souci\nMerci\n${line}`,
      `Un souci\n${line}`,
    ]),
    ["a list", "liste :\n- écran\n- souris\nMerci", "liste :\n- écran\n- souris"],
    [
      "each part of a text by itself",
      `Hi,\nmy VPN is slow\nRegards\nPaul\n${partSeparator}\nRestart it. Thanks\n${partSeparator}\nand on a Mac?`,
      `my VPN is slow\n${partSeparator}\nRestart it.\n${partSeparator}\nand on a Mac?`,
    ],
  ];
  test.each(cases)("%s", (_, mail, asked) => {
    expect(stripMailForm(mail)).toBe(asked);
  });
});

describe("nothing is lost of", () => {
  test.each([
    "comment changer ma signature Outlook ?",
    "How do I add 'Kind regards' to my signature?",
    "When I type Best regards Outlook crashes",
    "merci de réinitialiser mon mot de passe",
    "Thanks to the update my PC is slow",
    "thanks it works now",
    "Pouvez-vous m'aider à installer Zoom ?",
    "please help me with my VPN",
    "could you help me find the file?",
    "log:\nFrom: server1\nconnect failed",
    "2024-03-01 INFO From: queue\nTo be retried",
    "mails sent from my iPhone never arrive",
    "De : Paris\nÀ : Lyon\nmon badge ne marche pas",
    "From: 10.0.0.1\nTo: 10.0.0.2\nDate: today\nthe firewall blocks it",
    "please create the rule:\nFrom: sales@example.com\nTo: support@example.com\nSubject: routing",
    "Exemple : « Je suis absente. Cordialement. »",
    'Outlook writes "Thanks. Regards." below each mail',
    "In the mail it says: this message is confidential. How do I remove that?",
    "hello for business is broken",
    "Windows Hello does not work",
    "Hi Teams, it does not start today",
    "Hi outlook crashes, again",
    "Have a nice day mails are spam",
    "the button Merci does nothing",
    "il a écrit : rien",
    "On Monday the VPN was slow",
    "Best practices for passwords?",
    "a -- b -- c",
    "SELECT 1\n-- comment\nFROM x",
    "a => b\n>= 3",
  ])("%j", (text) => {
    expect(stripMailForm(text)).toBe(text);
  });

  test.each(["hello, how are you?", "Salut, ça va ?", "Bonjour, imprimante bloquée"])(
    "%j: before so few words the greeting stays",
    (text) => {
      expect(stripMailForm(`${text}\n\nMerci d'avance`)).toBe(text);
    },
  );

  test.each([
    "Bonjour",
    "Merci beaucoup !",
    "Hi team, could you please help?",
    "Cheers, Wendy",
    "Envoyé de mon iPhone",
    "VPN. Merci",
    "",
    "\n",
  ])("%j, of which fewer than two words would be left", (text) => {
    expect(stripMailForm(text)).toBe(text);
  });
});

test("is idempotent on 1,500 random mails, alone and within prepareText", () => {
  const lines = [
    ...[
      "Bonjour,",
      "Hi team",
      "Hello Paul,",
      "Madame, Monsieur,",
      "hi",
      "Dear colleagues,",
      "hope you are well.",
    ],
    ...[
      "Mon VPN est lent.",
      "printer offline",
      "erreur 0x80070005",
      "PS: mot de passe : Azerty12",
      "Password:",
      "Orchid2!",
    ],
    ...[
      "Merci d'avance",
      "cordialement",
      "Kind regards,",
      "thanks, Julie",
      "pouvez-vous m'aider ?",
      "Could you please help?",
    ],
    ...[
      "Sophie Martin",
      "Responsable paie",
      "12 rue de la Paix, 75002 Paris",
      "Tél : 01 99 00 12 34",
      "bob@example.com",
      "--",
    ],
    ...[signatureFr, noticeFr, signatureEn, noticeEn, "Sent from my iPhone", "-----Original Message-----"],
    ...[
      "From: Paul",
      "De : Anne",
      "To: Julie",
      "Objet : souci VPN",
      "Subject: help",
      "On Tue, Bob wrote:",
      "> ",
      "> quoted",
    ],
    ...["", "", "\n", ", ", ". ", " ", partSeparator, "[EMAIL_1]"],
  ];
  let state = 11;
  const random = (limit: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  for (let i = 0; i < 1_500; i += 1) {
    const raw = Array.from(
      { length: 1 + random(12) },
      () => lines[random(lines.length)] + (random(3) > 0 ? "\n" : " "),
    ).join("");
    const once = stripMailForm(cleanText(raw));
    expect(stripMailForm(once)).toBe(once);
    expect(once.split(partSeparator)).toHaveLength(cleanText(raw).split(partSeparator).length);
    const prepared = prepareText(raw).text;
    expect(prepareText(prepared).text).toBe(prepared);
  }
});

describe("100 KB made to send patterns astray are read in bounded time (a quadratic pattern would not end in time):", () => {
  const units = [
    ...[
      "> ",
      ">",
      ">\n",
      "\n\n",
      "--\n",
      "-- ",
      "-----Original Message-----\n",
      "________\n",
      "a\n",
      "a ",
      "a.",
      ". ",
      "! ",
      ", ",
    ],
    ...[
      "From: a\n",
      "To: a\n",
      "From: a\nTo: b\n",
      "Subject: a b\nFrom: c\n",
      "objet : ",
      "le 1 ",
      "le 1 aaaa\n",
      "on 1 wrote ",
    ],
    ...[
      "Bonjour, ",
      "Bonjour ",
      "bonjour\n\n",
      "Hi Paul ",
      "Hi Paul,\n\n",
      "dear all ",
      "hope you are well. ",
      "j'espère que tout va ",
    ],
    ...[
      "merci ",
      "merci, ",
      "merci. ",
      "merci\n",
      "merci\nPaul\n",
      "merci d'avance ",
      "cordialement, Paul, ",
      "thanks, ",
      "best ",
      "et merci et ",
    ],
    ...[
      "pouvez-vous m'aider ? ",
      "je reste à votre disposition ",
      "n'hésitez pas à me contacter ",
      "please help, ",
    ],
    ...[
      "This e-mail ",
      "This e-mail is confidential ",
      "Ce message est destiné\n",
      "If you have received this. ",
      "Sent from my iphone ",
      "12 rue ",
      "tél ",
    ],
  ];
  test.each(units)("%j", { timeout: 5_000 }, (unit) => {
    const text = cleanText(unit.repeat(Math.ceil(100_000 / unit.length)));
    expect(stripMailForm(text).length).toBeLessThanOrEqual(text.length);
  });
});
