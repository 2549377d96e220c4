import { describe, expect, test } from "vitest";
import { cleanText } from "./clean-text.ts";
import { partSeparator } from "./part-separator.ts";
import { redactText } from "./redact-text.ts";
import { restoreValues } from "./restore-values.ts";

const redacted = (text: string) => redactText(text).text;

describe("redaction takes out", () => {
  // Numbers are from ranges kept for documentation: RFC 5737, RFC 3849, RFC 7042, Ofcom's 01632 960, Arcep's 01 99 00,
  // 555-01xx; cards and IBANs are the networks' and the registry's own test values.
  const cases: [string, string][] = [
    ["mail me at bob.o'neil+it@mail.example.com.", "mail me at [EMAIL_1]."],
    ["<jean-rené@exemple.example>", "<[EMAIL_1]>"],
    ["call +33 1 99 00 12 34 or +44 (0)1632 960123", "call [PHONE_1] or [PHONE_2]"],
    ["mon tel: 01.99.00.12.34", "mon tel: [PHONE_1]"],
    ["appelez le 0199001234 svp", "appelez le [PHONE_1] svp"],
    ["fixe 02 555 12 34, gsm 0470/12.34.56", "fixe [PHONE_1], gsm [PHONE_2]"],
    ["Zürich 044 668 18 00 ou 079 123 45 67", "Zürich [PHONE_1] ou [PHONE_2]"],
    ["ring 01632 960 123, 020 7946 0958 or 01632 960001", "ring [PHONE_1], [PHONE_2] or [PHONE_3]"],
    ["(202) 555-0143 / 202-555-0144 / 1 202 555 0145", "[PHONE_1] / [PHONE_2] / [PHONE_3]"],
    ["tel 44152211", "tel [PHONE_1]"],
    ["card 4111 1111 1111 1111 exp 12/27", "card [CARD_1] exp 12/27"],
    ["carte 5555-5555-5555-4444 et 378282246310005", "carte [CARD_1] et [CARD_2]"],
    ["room 12 4111111111111111", "room 12 [CARD_1]"],
    ["RIB FR14 2004 1010 0505 0001 3M02 606 merci", "RIB [IBAN_1] merci"],
    ["iban gb82west12345698765432, de89370400440532013000", "iban [IBAN_1], [IBAN_2]"],
    ["from 192.0.2.10:8080 to 10.2.3.4/24.", "from [IP_1]:8080 to [IP_2]/24."],
    ["ping 2001:db8::8a2e:370:7334 and ::1", "ping [IP_1] and [IP_2]"],
    ["2001:db8:0:0:0:0:2:1, fe80::1%eth0", "[IP_1], [IP_2]%eth0"],
    ["00:00:5e:00:53:01 or 00-00-5E-00-53-02 or 0000.5e00.5303", "[MAC_1] or [MAC_2] or [MAC_3]"],
    ["mot de passe : Azerty12", "mot de passe : [PASSWORD_1]"],
    ["mon mdp=soleil", "mon mdp=[PASSWORD_1]"],
    ["le mdp c'est Soleil66!, merci", "le mdp c'est [PASSWORD_1], merci"],
    ["My password is hunter2 and it fails", "My password is [PASSWORD_1] and it fails"],
    ["my pw is sunshine.", "my pw is [PASSWORD_1]."],
    ["pwd: correct-horse-9", "pwd: [PASSWORD_1]"],
    ["pasword Welcome2024! not accepted", "pasword [PASSWORD_1] not accepted"],
    ['{"password": "p4ss;word"}', '{"password": "[PASSWORD_1]"}'],
    ["DB_PASSWORD=tr0ub4dor&3", "DB_PASSWORD=[PASSWORD_1]"],
    ["mot de passe wifi : Invite-2041", "mot de passe wifi : [PASSWORD_1]"],
    [
      "das Passwort ist Winter!22, contraseña: Verano22",
      "das Passwort ist [PASSWORD_1], contraseña: [PASSWORD_2]",
    ],
    ["the password for the guest wifi is Summer2024", "the password for the guest wifi is [PASSWORD_1]"],
    [
      "identifiant / mot de passe : jdupont / Azerty12.",
      "identifiant / mot de passe : [PASSWORD_1] / [PASSWORD_2].",
    ],
    ["the database password (Orchid!Lamp42).", "the database password ([PASSWORD_1])."],
    ["mdp : @zerty12 et pwd=$oleil66", "mdp : [PASSWORD_1] et pwd=[PASSWORD_2]"],
    ["code pin : 4821", "code pin : [PASSWORD_1]"],
    ["ftp://bob:s3cret@files.example.com/x", "ftp://[PASSWORD_1]@files.example.com/x"],
    [
      "https://app.example.com/cb?state=1&token=abc123def&x=2",
      "https://app.example.com/cb?state=1&token=[KEY_1]&x=2",
    ],
    ["Authorization: Bearer abcdef0123456789abcdef", "Authorization: Bearer [KEY_1]"],
    ["jwt eyJhbGciOiJub25lIn0.eyJzdWIiOiJ0ZXN0In0.c2ln end", "jwt [KEY_1] end"],
    ["-----BEGIN PRIVATE KEY-----\nMIIB\nAAA=\n-----END PRIVATE KEY----- after", "[KEY_1] after"],
    ["api_key = test-77aa-99bb", "api_key = [KEY_1]"],
    ["recovery 111111-222222-333333-444444-555555-666666-777777-888888", "recovery [KEY_1]"],
    ["product key AAAA1-BBBB2-CCCC3-DDDD4-EEEE5", "product key [KEY_1]"],
    ["secret dGhpcyBpcyBhIHRlc3QgMTIzNDU2Nzg5MCBvaw== end", "secret [KEY_1] end"],
    // passwords on the next line, with a sign, an adverb, an adjective, a change
    ["Password:\nOrchid2!", "Password:\n[PASSWORD_1]"],
    [
      "Votre nouveau mot de passe est :\nXk9#mP2q\nBonne journée",
      "Votre nouveau mot de passe est :\n[PASSWORD_1]\nBonne journée",
    ],
    ["Login\njdoe\nPassword\nOrchid2!", "Login\njdoe\nPassword\n[PASSWORD_1]"],
    ["pass: orchid2, my pass is Orchid2!", "pass: [PASSWORD_1], my pass is [PASSWORD_2]"],
    ["user/pass : jdupont/Azerty12", "user/pass : [PASSWORD_1]"],
    ["login/mdp: jdupont Azerty12", "login/mdp: [PASSWORD_1] [PASSWORD_2]"],
    ["mes identifiants : jdupont / Azerty12", "mes identifiants : [PASSWORD_1] / [PASSWORD_2]"],
    ["le mdp c’est Azerty12", "le mdp c’est [PASSWORD_1]"],
    ["my password is still Orchid22 today", "my password is still [PASSWORD_1] today"],
    ["mon mot de passe c'est toujours Azerty123", "mon mot de passe c'est toujours [PASSWORD_1]"],
    [
      "I changed my password from Spring23! to Summer24!",
      "I changed my password from [PASSWORD_1] to [PASSWORD_2]",
    ],
    [
      "j'ai changé mon mot de passe de Printemps23 à Ete2024!",
      "j'ai changé mon mot de passe de [PASSWORD_1] à [PASSWORD_2]",
    ],
    ["le mot de passe a été changé en Ete2024!", "le mot de passe a été changé en [PASSWORD_1]"],
    [
      "old password was A1 and the new one is B2",
      "old password was [PASSWORD_1] and the new one is [PASSWORD_2]",
    ],
    ["ancien mdp: a1b2c3, nouveau: d4e5f6", "ancien mdp: [PASSWORD_1], nouveau: [PASSWORD_2]"],
    ["j'ai mis Ete2024! comme mot de passe", "j'ai mis [PASSWORD_1] comme mot de passe"],
    ["mot de passe provisoire Bienvenue1", "mot de passe provisoire [PASSWORD_1]"],
    ["temporary password Welcome1 does not work", "temporary password [PASSWORD_1] does not work"],
    ["mot de passe du wifi : CafeCroissant", "mot de passe du wifi : [PASSWORD_1]"],
    ["**Password:** Orchid2!", "**Password:** [PASSWORD_1]"],
    ["password - Orchid2!", "password - [PASSWORD_1]"],
    ["| Password | Orchid2! |", "| Password | [PASSWORD_1] |"],
    ["<password>Orchid2!</password>", "<password>[PASSWORD_1]</password>"],
    ["password: Ab;c1234! and p@ss[word]1", "password: [PASSWORD_1] and p@ss[word]1"],
    ["My password is p@ss[word]1", "My password is [PASSWORD_1]"],
    ["PASSWORD=Orchid2!;SERVER=sql01", "PASSWORD=[PASSWORD_1];SERVER=sql01"],
    ["mot de passe : soleil. Merci", "mot de passe : [PASSWORD_1]. Merci"],
    ['my password for SAP is "blue horse"', 'my password for SAP is "[PASSWORD_1]"'],
    // PINs, one-time codes, keys of networks
    ["mon code PIN est le 4821, my PIN (4822)", "mon code PIN est le [PASSWORD_1], my PIN ([PASSWORD_2])"],
    ["OTP: 482193", "OTP: [PASSWORD_1]"],
    ["MFA code 482 193 did not work", "MFA code [PASSWORD_1] did not work"],
    ["code de vérification : 839201", "code de vérification : [PASSWORD_1]"],
    [
      "the wifi key is CoffeeBean42, clé wifi : CafeCreme42",
      "the wifi key is [PASSWORD_1], clé wifi : [PASSWORD_2]",
    ],
    // command lines and URLs
    ["curl -u admin:Orchid2! https://intranet/api", "curl -u admin:[PASSWORD_1] https://intranet/api"],
    [
      "net use Z: \\\\srv01\\data /user:CORP\\jdoe Orchid2!",
      "net use Z: \\\\srv01\\data /user:CORP\\jdoe [PASSWORD_1]",
    ],
    ["mysql -u root -pOrchid2! crm", "mysql -u root -p[PASSWORD_1] crm"],
    ["redis://:orchid2@cache:6379", "redis://[PASSWORD_1]@cache:6379"],
    ["postgres://admin:p@ss@db.example.com/crm", "postgres://[PASSWORD_1]@db.example.com/crm"],
    ["https://user:pass/word@host/x", "https://[PASSWORD_1]@host/x"],
    // phone numbers in one piece, in pairs of two, after other words
    ["07700900123 or 02079460123", "[PHONE_1] or [PHONE_2]"],
    ["my number is 2025550143", "my number is [PHONE_1]"],
    ["0033199001234 et 00447700900123", "[PHONE_1] et [PHONE_2]"],
    ["0199001234/0199005678", "[PHONE_1]/[PHONE_2]"],
    ["01 99 00 12 34-01 99 00 56 78", "[PHONE_1]-[PHONE_2]"],
    ["Port : 06 39 98 12 34, N° 06 39 98 56 78", "Port : [PHONE_1], N° [PHONE_2]"],
    ["رقمي ٠٦٣٩٩٨١٢٣٤ و ०१९९००१२३४", "رقمي [PHONE_1] و [PHONE_2]"],
    // labels without a blank
    ["MAC:00:00:5E:00:53:01 IPv6:2001:db8::1", "MAC:[MAC_1] IPv6:[IP_1]"],
    ["adresse mac 00005E005301", "adresse mac [MAC_1]"],
    ["CB4111111111111111", "CB[CARD_1]"],
    ["IBANFR1420041010050500013M02606", "IBAN[IBAN_1]"],
    ["192.000.002.045 is its address", "[IP_1] is its address"],
    ["ping vers 192.0.2.1, client on 192.0.2.2", "ping vers [IP_1], client on [IP_2]"],
    // keys
    ["npm_abcdefghijklmnopqrstuvwxyz0123456789", "[KEY_1]"],
    ["hf_abcdefghijklmnopqrstuvwxyzABCDEFGH", "[KEY_1]"],
    ["SG.abcdefghijklmnop.qrstuvwxyz1234567890ABCDEFGHIJKLMNOP", "[KEY_1]"],
    ["whsec_abcdefghijklmnopqrstuvwxyz123456 ya29.a0AfH6SMBx-abcdefghijklmnop", "[KEY_1] [KEY_2]"],
    ["dop_v1_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "[KEY_1]"],
    ["https://hooks.slack.com/services/T000/B000/XXXXyyyyZZZZ", "https://hooks.slack.com/services/[KEY_1]"],
    ["JSESSIONID=1A530637289A03B0; path=/", "JSESSIONID=[KEY_1]; path=/"],
    ["Cookie: session=abcd1234efgh; theme=dark", "Cookie: session=[KEY_1]; theme=dark"],
    ["bitlocker 111111 222222 333333 444444 555555 666666 777777 888888", "bitlocker [KEY_1]"],
    ["product key aaaa1-bbbb2-cccc3-dddd4-eeee5", "product key [KEY_1]"],
    ["la clé d'API est abcd1234efgh", "la clé d'API est [KEY_1]"],
    ["Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic [KEY_1]"],
    ["Authorization: Bearer abcdefghijkl", "Authorization: Bearer [KEY_1]"],
    ["---- BEGIN SSH2 PRIVATE KEY ----\nP2/5\n---- END SSH2 PRIVATE KEY ---- after", "[KEY_1] after"],
    ["PuTTY-User-Key-File-2: ssh-rsa\nPrivate-Lines: 1\nAAAB\nPrivate-MAC: 0a1b\nafter", "[KEY_1]\nafter"],
    [`-----BEGIN PRIVATE KEY-----\nMIIB\n${partSeparator}\nand now?`, `[KEY_1]\n${partSeparator}\nand now?`],
    ["-----BEGIN PRIVATE KEY-----\nMIIB", "[KEY_1]"],
    ["value 9f86d081884c7d659a2feaa0c55ad015 here", "value [KEY_1] here"],
  ];
  test.each(cases)("%s", (text, expected) => {
    expect(redacted(text)).toBe(expected);
  });
});

describe("redaction leaves alone", () => {
  const cases = [
    "ticket INC0612345678 and #0612345678, demande n° 0612345678",
    "INC 0123456789 is still open",
    "the meeting on 01/02/2024 at 10:30, and 01.02.2024 10:30, and 2024-01-02 03:04:05",
    "Windows 10.0.19045.3803, build 22631.3007, version 10.2.3.4, v4.8.1.2",
    "error 0x80070035, 0xC000021A, error 691, KB5034441, event id 4625",
    "S/N 5CD1234567, serial 0123456789, IMEI 356938035643809",
    "it costs 1 299,00 € or 250 000 000 EUR",
    "10:15:30 to 11:22:33:44",
    "Foo::Bar at std::vector, a::b",
    "password expired, password reset, forgot my password",
    "my password is expired and my password is not working",
    "mot de passe oublié, mot de passe expiré : que faire ?",
    "Mot de passe incorrect alors que c'est le bon",
    "password: please reset it",
    "le mot de passe est toujours refusé",
    "the password for Office365 is the same as for Windows11",
    "how long must the password be?",
    "pass the salt, bypass 2024, passport 12AB34567",
    "1b4e28ba-2fa1-11d2-883f-0016d3cca427",
    "sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
    "C:\\Program Files (x86)\\Contoso\\App2024\\bin\\Contoso.Service.Host32.exe",
    "/var/log/applications/customer-portal/2024/error.log",
    "System.Runtime.InteropServices.COMException in PrintSpooler2Service",
    "4111 1111 1111 1112 is no card by Luhn, FR15 2004 1010 0505 0001 3M02 606 no IBAN by mod 97",
    "columns 2 3 4 5 6 7 8 9 10 11 12 13 14 and 2014 03 20 00 00 00",
    "the private key is included, {91150000-0011-0000-0000-0000000FF1CE}",
    "$password = Read-Host, -Password (ConvertTo-SecureString), |Password|Sign in|",
    "EnableViewing97To2003Formats and dag2013db2-IgnoreRuleLimitErrors",
    "twitter @helpdesk, root@localhost",
    "Mot de passe : accès messagerie impossible",
    "Password: VPN does not accept it",
    "Problème mot de passe : Windows me dit qu'il est expiré",
    "mot de passe 0x8007052e, password: error 0x8007052e",
    "mot de passe PC-4587 bloqué, mot de passe AS400 oublié",
    "mot de passe Sage100 à réinitialiser",
    "mon mot de passe est valide, Password is empty, my password is mandatory",
    "mot de passe\nBonjour, il est refusé",
    "Password:\nOutlook2016 keeps asking",
    "Password | Login | Reset",
    "Settings > Password > Change, password: ********, password length: 12-16",
    "password in C:\\temp\\a.txt, Keepass2 as my password manager, login/mdp ko sur srv-app01",
    "Changed password to something stronger, password to Office365",
    "the password is 12-characters long, change password (Ctrl+Alt+Del)",
    "boarding pass for team3, let it pass through",
    "code erreur : 4821, error code: 4821, my code is not accepted",
    "docker run -u 1000:1000 image, http://host:8080/path/@user, https://medium.example/@user",
    "net use Z: \\\\srv01\\data /user:CORP\\jdoe /persistent:yes",
    "Chrome/122.0.0.0 Safari/537.36, version Chrome : 122.0.0.0, version d'Outlook 16.0.1.2",
    "FortiClient 7.0.9.0, AnyConnect 4.10.8.2, Teams 24.4.0.1, SAP GUI 7.70.3.1",
    "pilote graphique 31.0.15.46, driver Intel 23.20.0.4, section 3.1.2.4 of the manual",
    "badge 0412345678, matricule 0412345678, n/s 0412345678, P/N 501-555-1234",
    "ring 10 100 1000 Mbps, mon portable 20240115, samedi 06 07 24 08 30",
    "Correlation Id: 1b4e28ba2fa111d2883f0016d3cca427, request id 4bf92f3577b34da6a3ce929d0e0e4736",
    "cookie: accept all cookies 2024, private key: somewhere on the server",
  ];
  test.each(cases)("%s", (text) => {
    expect(redacted(text)).toBe(text);
  });
});

describe("placeholders", () => {
  test("are equal for equal values and numbered in the order of the text", () => {
    const { text, values } = redactText("b@example.com, a@example.com, b@example.com");
    expect(text).toBe("[EMAIL_1], [EMAIL_2], [EMAIL_1]");
    expect([...values]).toEqual([
      ["[EMAIL_1]", "b@example.com"],
      ["[EMAIL_2]", "a@example.com"],
    ]);
  });

  test("that the writer typed are neither changed, nor given out again, nor restored", () => {
    const { text, values } = redactText("[EMAIL_1] is what it printed for a@example.com");
    expect(text).toBe("[EMAIL_1] is what it printed for [EMAIL_2]");
    expect(restoreValues(text, values)).toBe("[EMAIL_1] is what it printed for a@example.com");
  });

  test("that a language model made up stay as they are", () => {
    const { values } = redactText("mail a@example.com");
    expect(restoreValues("Write to [EMAIL_1] and [EMAIL_7].", values)).toBe(
      "Write to a@example.com and [EMAIL_7].",
    );
  });
});

test("redaction is idempotent and undone by restoreValues on 3,000 random mixtures of values and words", () => {
  const pieces = [
    ...[
      "a@example.com",
      "01 99 00 12 34",
      "+44 1632 960123",
      "4111 1111 1111 1111",
      "192.0.2.1",
      "2001:db8::1",
      "::",
    ],
    ...[
      "00:00:5e:00:53:01",
      "FR14 2004 1010 0505 0001 3M02 606",
      "mdp",
      "password",
      "is",
      ":",
      "=",
      "c'est",
      "Azerty12!",
    ],
    ...[
      "[EMAIL_1]",
      "[PASSWORD_2]",
      "[",
      "]",
      "_1]",
      "bearer",
      "token=",
      "?token=",
      "eyJhbGciOiJub25lIn0.eyJzdWIi.x",
    ],
    ...[
      "-----BEGIN X-----",
      "-----END X-----",
      "9f86d081884c7d659a2feaa0c55ad015",
      "sha256",
      "0x80070035",
      "tel",
      "://",
    ],
    ...[
      "user:pass@",
      "version",
      "ticket",
      "\n",
      " ",
      " ",
      " ",
      ".",
      "-",
      "/",
      "0",
      "12",
      "é",
      "VPN",
      "$&",
      "pin",
      "1234",
    ],
    ...[
      "changed to",
      "from",
      "to",
      "pass",
      "login/",
      "identifiants :",
      "**",
      "|",
      ">",
      "<",
      ";",
      "Chrome/",
      "Cookie: a=",
      "abc12345",
      "٠٦٣٩٩٨١٢٣٤",
      "curl -u a:",
      "code est",
      "PuTTY-User-Key-File-2:",
      partSeparator,
      "and the new one is",
    ],
  ];
  let state = 7;
  const random = (limit: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  for (let i = 0; i < 3_000; i += 1) {
    const cleaned = cleanText(
      Array.from({ length: 1 + random(14) }, () => pieces[random(pieces.length)]).join(""),
    );
    const { text, values } = redactText(cleaned);
    expect(restoreValues(text, values)).toBe(cleaned);
    expect(redactText(text)).toEqual({ text, values: new Map() });
  }
});

describe("100 KB made to send patterns astray are read in bounded time (a quadratic pattern would not end in time):", () => {
  const units = [
    ...[
      "a",
      "1",
      "1 ",
      "1.",
      "0",
      "01 ",
      "a@",
      "@a",
      "a.",
      "a.b@",
      ":",
      "a:",
      "::1",
      "00:",
      "00-",
      "1.1.1.",
      "[",
      "-",
    ],
    ...[
      "eyJ",
      "-eyJ",
      "eyJa.eyJa.",
      "password ",
      "mdp:",
      "password is a ",
      "password'",
      "token=",
      "?token=a",
      "bearer ",
    ],
    ...[
      "://a:",
      "://",
      "-----BEGIN A-----",
      "aA1",
      "aA1/",
      "FR14 ",
      "fr14",
      "+1",
      "(",
      "tel ",
      "call me on 1",
      "=",
      " ",
    ],
    ...["mot de passe pour le ", "\n", "\n\n", "é", "😀", "[EMAIL_1]", "a@b.co ", "1-1-", "0000.", "pin "],
    ...[
      "password changed ",
      "password was changed to ",
      "password from a1! ",
      "password:\n",
      "password |",
      "**password:** ",
      "my password is still ",
      "login/",
      "login/mdp ",
      "identifiants : a/",
      "a1! as ",
      "a1! comme mot de passe ",
      "password: a1;",
      "password: [",
      "mdp: a1 new ",
      "code est ",
      "otp ",
    ],
    ...[
      "-u a:",
      "/user:a ",
      "net user a ",
      "mysql ",
      "mysql -p",
      "://a:b/",
      "://:a@",
      "Cookie: ",
      "cookie:a=1",
      "a=12345678;",
      "hooks.slack.com/",
      "SG.aaaaaaaaaa.",
      "authorization: basic ",
      "PuTTY-User-Key-File-2:",
      "---- BEGIN A ----",
      "-----BEGIN A-----\n\u2E3B\n",
      "request id ",
      "11111 ",
      "111111 ",
      "aaaa1-",
    ],
    ...[
      "version ",
      "version a b ",
      "Chrome/1.1.1.1 ",
      "Aa/",
      "0199001234/",
      "0199001234-",
      "07700900123 ",
      "mac:",
      "mac 00",
      "ip:",
      "cb4",
      "iban",
      "\u0660",
      "samedi 06 07 24 08 30 ",
      "my number ",
    ],
  ];
  test.each(units)("%j", { timeout: 5_000 }, (unit) => {
    const text = cleanText(unit.repeat(Math.ceil(100_000 / unit.length)));
    const { text: out, values } = redactText(text);
    expect(restoreValues(out, values)).toBe(text);
  });
});
