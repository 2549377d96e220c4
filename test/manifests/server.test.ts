import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { ensureKubectl } from "./ensure-kubectl.ts";
import { k3sFolder, render } from "./render.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

const authenticationSchema = z.object({
  jwt: z
    .array(
      z.object({
        claimValidationRules: z.array(z.object({ expression: z.string(), message: z.string() })),
        claimMappings: z.object({ username: z.object({ expression: z.string() }) }),
      }),
    )
    .length(1),
});
const bindingSchema = z.object({ subjects: z.array(z.object({ kind: z.string(), name: z.string() })) });
const workflowSchema = z.object({
  jobs: z.object({
    deploy: z.object({
      environment: z.object({ name: z.string() }),
      permissions: z.record(z.string(), z.string()),
    }),
  }),
});
const configSchema = z.looseObject({ "kube-apiserver-arg": z.array(z.string()) });

beforeAll(() => ensureKubectl(), 300_000);

const readYaml = async (path: string): Promise<unknown> => parse(await readFile(root + path, "utf8"));

test("whom the API server takes for the deployer is whom the Role is bound to, and the workflow runs as that", async () => {
  const { jwt } = authenticationSchema.parse(await readYaml("infra/k3s/k3s-server/authentication.yaml"));
  const rules = jwt[0]?.claimValidationRules.map(({ expression }) => expression).join("\n") ?? "";
  const file =
    /support-it-agent\/(\.github\/workflows\/[a-z]+\.yml)@refs\/heads\/main/.exec(rules)?.[1] ?? "";
  const environment = /claims\.environment == '([a-z]+)'/.exec(rules)?.[1];
  const { deploy } = workflowSchema.parse(await readYaml(file)).jobs;
  expect(deploy.environment.name).toBe(environment);
  expect(deploy.permissions["id-token"]).toBe("write");
  const prefix = /^'(.*)' \+ claims\.environment$/.exec(jwt[0]?.claimMappings.username.expression ?? "")?.[1];
  const binding = (await render("bootstrap")).find(({ kind }) => kind === "RoleBinding");
  const users = bindingSchema.parse(binding).subjects.filter(({ kind }) => kind === "User");
  expect(users.map(({ name }) => name)).toEqual([`${prefix}${environment}`]);
});

test("the token must be of one repository by its number, one environment, one workflow of a protected main, and short-lived", async () => {
  const { jwt } = authenticationSchema.parse(await readYaml("infra/k3s/k3s-server/authentication.yaml"));
  const claims = new Set(
    jwt[0]?.claimValidationRules.flatMap(({ expression }) =>
      [...expression.matchAll(/claims\.(\w+)/g)].map(([, claim]) => claim),
    ),
  );
  expect(claims).toEqual(
    new Set(["repository_id", "environment", "workflow_ref", "ref_protected", "exp", "iat"]),
  );
});

test("each file that the server's configuration names is one that lies beside it", async () => {
  const args = configSchema.parse(await readYaml("infra/k3s/k3s-server/config.yaml"))["kube-apiserver-arg"];
  const files = args.flatMap((arg) => /\/etc\/rancher\/k3s\/(\S+)$/.exec(arg)?.[1] ?? []);
  expect(files).toEqual(["authentication.yaml", "audit.yaml"]);
  for (const file of files)
    expect(await readFile(`${k3sFolder}k3s-server/${file}`, "utf8")).toContain("apiVersion:");
});
