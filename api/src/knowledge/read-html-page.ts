import { Parser } from "htmlparser2";
import { DocumentError } from "./document-error.ts";
import { documentLimits } from "./document-limits.ts";

/** An element that shapes the text. Those that do not (a span, bold type) are dissolved into the element around them. */
export type HtmlElement = {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Text with its blanks squeezed, save in pre; a "\n" in it is a line break (br). */
  readonly children: (string | HtmlElement)[];
  /** There is a heading in it; one that stands in a th does not count. */
  holdsHeading: boolean;
  holdsTable: boolean;
  /** There is text in it, and all of it is the label of links. */
  holdsOnlyLinks: boolean;
};

export type HtmlPage = {
  readonly title: string;
  readonly language: string;
  readonly url: string;
  readonly keywords: string;
  /** The element that holds the article. */
  readonly content: HtmlElement;
};

/** An open tag. What is true of it is true of all inside it. */
type OpenTag = {
  /** Where its text goes: its own element, or the one that it is dissolved into. */
  readonly element: HtmlElement;
  readonly hasElement: boolean;
  readonly isLeftOut: boolean;
  readonly isInArticle: boolean;
  readonly isInLink: boolean;
  readonly isInPre: boolean;
  readonly lengthBefore: number;
  readonly linkLengthBefore: number;
};

type Measured = { readonly element: HtmlElement; readonly length: number };

/**
 * What an HTML page says of itself, and the element that holds its article: `main` or role="main", else a single `article`,
 * else the body; the body too where that element holds less than a fifth of the page's text. Navigation, header, footer, controls,
 * scripts and hidden parts are left out. Throws DocumentError where elements are nested without end, or too many.
 */
export function readHtmlPage(html: string): HtmlPage {
  const page = { title: "", language: "", url: "", keywords: "" };
  const body = createElement("body", {});
  const mains: Measured[] = [];
  const articles: Measured[] = [];
  let elementCount = 0;
  let length = 0;
  let linkLength = 0;
  let isInHead = false;
  let isInTitle = false;
  const bottom: OpenTag = {
    element: body,
    hasElement: false,
    isLeftOut: false,
    isInArticle: false,
    isInLink: false,
    isInPre: false,
    lengthBefore: 0,
    linkLengthBefore: 0,
  };
  const open: OpenTag[] = [];
  const top = () => open.at(-1) ?? bottom;

  const parser = new Parser({
    onopentag(name, attributes) {
      if (open.length === documentLimits.htmlNesting) throw nestedTooDeep();
      if (elementCount > documentLimits.htmlElements) throw tooManyElements();
      const outer = top();
      const isShaping = shaping.has(name) || attributes.role === "main";
      if (name === "head") isInHead = true;
      if (name === "body" || isShaping) isInHead = false;
      if (name === "html" || name === "body") page.language ||= attributes.lang ?? "";
      if (name === "link" && attributes.rel === "canonical") page.url = attributes.href ?? "";
      if (name === "meta" && attributes.name === "keywords") page.keywords = attributes.content ?? "";
      const isLeftOut = outer.isLeftOut || isNoText(name, attributes, outer.isInArticle);
      if (name === "title" && !isLeftOut && page.title === "") isInTitle = true;
      if (name === "br" && !isLeftOut) addText(outer.element, "\n");
      const hasElement = isShaping && !isLeftOut && !(name === "a" && outer.isInLink);
      const element = hasElement ? createElement(name, attributes) : outer.element;
      if (hasElement) {
        outer.element.children.push(element);
        elementCount += 1;
      }
      open.push({
        element,
        hasElement,
        isLeftOut,
        isInArticle: outer.isInArticle || isMain(element) || name === "article",
        isInLink: outer.isInLink || (hasElement && name === "a"),
        isInPre: outer.isInPre || name === "pre",
        lengthBefore: length,
        linkLengthBefore: linkLength,
      });
    },
    ontext(data) {
      const { element, isLeftOut, isInLink, isInPre } = top();
      if (isInTitle) page.title += data;
      if (isInTitle || isInHead || isLeftOut) return;
      addText(element, isInPre ? data : data.replace(/\s+/g, " "));
      const words = data.replace(/[^\p{L}\p{N}]+/gu, "").length;
      length += words;
      if (isInLink) linkLength += words;
    },
    onclosetag(name) {
      if (name === "title") isInTitle = false;
      if (name === "head") isInHead = false;
      const closed = open.pop();
      if (!closed?.hasElement) return;
      const outer = top();
      const { element } = closed;
      const ownLength = length - closed.lengthBefore;
      element.holdsOnlyLinks = ownLength > 0 && ownLength === linkLength - closed.linkLengthBefore;
      const isHeading = headingRank(name) !== null && ownLength > 0;
      if ((isHeading || element.holdsHeading) && name !== "th") outer.element.holdsHeading = true;
      if (name === "table" || element.holdsTable) outer.element.holdsTable = true;
      if (isMain(element)) mains.push({ element, length: ownLength });
      else if (name === "article" && !outer.isInArticle) articles.push({ element, length: ownLength });
    },
  });
  parser.write(html);
  parser.end();

  const single = articles.length === 1 ? articles[0] : undefined;
  const found = mains.toSorted((one, other) => other.length - one.length)[0] ?? single;
  return { ...page, content: found && found.length * 5 >= length ? found.element : body };
}

/** 1 to 6 for h1 to h6, null for other elements. */
export function headingRank(name: string): number | null {
  return /^h[1-6]$/.test(name) ? Number(name[1]) : null;
}

const shaping = new Set(
  (
    "a p div section article main header blockquote pre figure figcaption address details summary dl dt dd hr form fieldset legend " +
    "ul ol li table caption tr td th h1 h2 h3 h4 h5 h6"
  ).split(" "),
);

const leftOut = new Set(
  (
    "script style noscript template svg math iframe object canvas audio video nav footer aside dialog " +
    "select option textarea datalist label"
  ).split(" "),
);

const leftOutRoles = new Set(["navigation", "banner", "contentinfo", "search"]);

/** The header of an article carries its title, the header of a page the name of the site. */
function isNoText(name: string, attributes: Readonly<Record<string, string>>, isInArticle: boolean): boolean {
  if (name === "html" || name === "body") return false;
  if (leftOut.has(name) || (name === "header" && !isInArticle)) return true;
  if ("hidden" in attributes || attributes["aria-hidden"] === "true") return true;
  if (leftOutRoles.has(attributes.role ?? "") || /display\s*:\s*none/i.test(attributes.style ?? ""))
    return true;
  return (
    (name === "ol" || name === "ul") && /breadcrumb/i.test(`${attributes.id ?? ""} ${attributes.class ?? ""}`)
  );
}

const isMain = ({ name, attributes }: HtmlElement) => name === "main" || attributes.role === "main";

function addText({ children }: HtmlElement, text: string): void {
  const last = children.at(-1);
  if (typeof last === "string") children[children.length - 1] = last + text;
  // The blank between two blocks is none of the text.
  else if (text !== " " || last?.name === "a") children.push(text);
}

const createElement = (name: string, attributes: Readonly<Record<string, string>>): HtmlElement => ({
  name,
  attributes,
  children: [],
  holdsHeading: false,
  holdsTable: false,
  holdsOnlyLinks: false,
});

const nestedTooDeep = () =>
  new DocumentError(
    "document_too_large",
    `The elements of this page are nested more than ${documentLimits.htmlNesting} levels deep: it is no article.`,
  );

const tooManyElements = () =>
  new DocumentError(
    "document_too_large",
    `This page has more than ${documentLimits.htmlElements} elements. Split it into articles.`,
  );
