/** What a smoke test asks: any desk's knowledge base has something to say of it, or nothing, and both are answers. */
export const smokeTestQuestion = "The VPN does not connect any more. What can I do?";
