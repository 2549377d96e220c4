import { expect, test } from "vitest";
import { html } from "./html.ts";

test("what a requester typed cannot become markup, in text or in an attribute", () => {
  const typed = `<script>alert("x")</script> & 'y'`;
  const escaped = "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;y&#39;";
  expect(html`<p title="${typed}">${typed}</p>`.markup).toBe(`<p title="${escaped}">${escaped}</p>`);
});

test("markup goes in as it is, a list one after the other, null as nothing", () => {
  const items = ["a", "b"].map((text) => html`<li>${text}</li>`);
  expect(html`<ul>${items}${null}${html`<li>${1}</li>`}</ul>`.markup).toBe(
    "<ul><li>a</li><li>b</li><li>1</li></ul>",
  );
});
