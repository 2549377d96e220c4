import { parser } from "@prometheus-io/lezer-promql";

/** What a query of Prometheus reads: each selector's metric and labels. */
export type Selector = { readonly metric: string; readonly labels: Readonly<Record<string, string>> };

/** Parses by Prometheus' own grammar. Throws an Error that names the place where it is none. `$__rate_interval`, which Grafana fills in, is a duration. */
export function parseQuery(query: string): Selector[] {
  const text = query.replaceAll("$__rate_interval", "5m");
  const selectors: Selector[] = [];
  parser.parse(text).iterate({
    enter: ({ node, name, type, from }) => {
      if (type.isError)
        throw new Error(`no query of Prometheus from "${text.slice(from, from + 30)}" on: ${text}`);
      if (name !== "VectorSelector") return;
      const metric = node.getChild("Identifier");
      const matchers = node.getChild("LabelMatchers")?.getChildren("UnquotedLabelMatcher") ?? [];
      const labels = matchers.map((matcher) => {
        const [label, value] = [matcher.getChild("LabelName"), matcher.getChild("StringLiteral")];
        return [textOf(text, label), textOf(text, value).slice(1, -1)];
      });
      selectors.push({ metric: textOf(text, metric), labels: Object.fromEntries(labels) });
    },
  });
  return selectors;
}

const textOf = (text: string, node: { from: number; to: number } | null) =>
  node ? text.slice(node.from, node.to) : "";
