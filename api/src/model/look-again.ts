export type Looks = {
  /** Looks at once, and goes on from there. */
  now(): void;
  /** Ends it; a look under way is not waited for. */
  end(): void;
};

export type LookTimes = {
  /** Between two looks. */
  readonly everyMs: number;
  /** After one that failed. */
  readonly afterFailureMs: number;
};

/** Looks again and again until it is ended. `look` tells whether it could; a rejection is that it could not. */
export function lookAgain(look: () => Promise<boolean>, { everyMs, afterFailureMs }: LookTimes): Looks {
  let hasEnded = false;
  let isLooking = false;
  let isWanted = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const now = () => {
    clearTimeout(timer);
    isWanted = isLooking;
    if (isLooking || hasEnded) return;
    isLooking = true;
    look()
      .catch(() => false)
      .then((couldLook) => {
        isLooking = false;
        if (hasEnded) return;
        if (isWanted) now();
        else timer = setTimeout(now, couldLook ? everyMs : afterFailureMs);
      });
  };
  return {
    now,
    end: () => {
      hasEnded = true;
      clearTimeout(timer);
    },
  };
}
