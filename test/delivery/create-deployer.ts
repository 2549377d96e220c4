import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import type { Kubectl } from "../../scripts/delivery/create-kubectl.ts";

const bootstrap = fileURLToPath(new URL("../../infra/k3s/bootstrap", import.meta.url));

/**
 * A namespace in which Pod Security is enforced, with the deployer of infra/k3s/bootstrap and its Role. Gives the environment in which kubectl acts in the
 * deployer's name; `folder` gets its kubeconfig.
 */
export async function createDeployer(
  admin: Kubectl,
  namespace: string,
  folder: string,
): Promise<{ KUBECONFIG: string }> {
  const { metadata } = parse(await readFile(join(bootstrap, "namespace.yaml"), "utf8"));
  const role = parse(await readFile(join(bootstrap, "deployer.role.yaml"), "utf8"));
  const items = [
    { apiVersion: "v1", kind: "Namespace", metadata: { ...metadata, name: namespace } },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "deployer", namespace } },
    { ...role, metadata: { ...role.metadata, namespace } },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: { name: "deployer", namespace },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "deployer" },
      subjects: [{ kind: "ServiceAccount", name: "deployer", namespace }],
    },
  ];
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items });
  await admin.demand(["apply", "--server-side", "--filename=-"], { input });
  const file = join(folder, "kubeconfig");
  await writeFile(file, await asDeployer(admin, namespace), { mode: 0o600 });
  return { KUBECONFIG: file };
}

/** The kubeconfig in use, with every call made in the deployer's name. */
async function asDeployer(admin: Kubectl, namespace: string): Promise<string> {
  const config = JSON.parse(
    await admin.demand(["config", "view", "--raw", "--minify", "--flatten", "--output=json"]),
  );
  for (const { user } of config.users) user.as = `system:serviceaccount:${namespace}:deployer`;
  return JSON.stringify(config);
}
