export type RemoteAccess = {
  /** The address without a user and a password: it may stand in .git/config, in arguments and in messages. */
  readonly url: string;
  readonly user: string;
  readonly token: string | undefined;
};

/** What hosts of git expect as a user's name beside a token. */
const tokenUser = "x-access-token";

/** Takes the secret out of an address such as https://user:token@host/repository.git; a token given apart from it goes before. */
export function remoteAccess(address: string, token?: string): RemoteAccess {
  const url = parseHttp(address);
  if (url === null) return { url: address, user: tokenUser, token };
  const [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  url.username = "";
  url.password = "";
  // A host's token may stand alone, in the place of the user: https://TOKEN@host.
  const inAddress = password || user || undefined;
  return { url: url.href, user: (password && user) || tokenUser, token: token ?? inAddress };
}

function parseHttp(address: string): URL | null {
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return null;
  return new URL(address);
}
