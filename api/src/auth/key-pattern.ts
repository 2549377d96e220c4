/** What a key looks like: its prefix, and 32 bytes in base64url. Anything else is none, and is not looked up. */
export const keyPattern = /^sia_[a-z2-7]{8}_[A-Za-z0-9_-]{43}$/;

/** The readable part alone. */
export const keyPrefixPattern = /^sia_[a-z2-7]{8}$/;
