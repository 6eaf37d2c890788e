/** The addresses of the durable HTTP API, for links and for the durable client binding. */
export interface DurableLinks {
  /** `http://host:port/runtime/webhooks/durabletask` */
  base: string;
  hubName: string;
  /** The system key; empty when keys are not enforced. */
  code: string;
  /** Where the SDK sends its own calls, without a key. Ends in a slash, which the SDK needs. */
  rpcBase: string;
}

const CONNECTION = 'Storage';

function query({ hubName, code }: DurableLinks): string {
  return `taskHub=${hubName}&connection=${CONNECTION}&code=${code}`;
}

/** As .NET encodes a part of a URL: a blank is a plus, and few signs stay as they are. */
const urlEncoded = (text: string): string =>
  encodeURIComponent(text).replaceAll('%20', '+').replaceAll("'", '%27').replaceAll('~', '%7E');

/** Links to manage one instance. */
export function managementUrls(links: DurableLinks, instanceId: string) {
  const instance = `${links.base}/instances/${urlEncoded(instanceId)}`;
  const q = query(links);
  return {
    id: instanceId,
    statusQueryGetUri: `${instance}?${q}`,
    sendEventPostUri: `${instance}/raiseEvent/{eventName}?${q}`,
    terminatePostUri: `${instance}/terminate?reason={text}&${q}`,
    rewindPostUri: `${instance}/rewind?reason={text}&${q}`,
    purgeHistoryDeleteUri: `${instance}?${q}`,
    restartPostUri: `${instance}/restart?${q}`,
    suspendPostUri: `${instance}/suspend?reason={text}&${q}`,
    resumePostUri: `${instance}/resume?reason={text}&${q}`,
  };
}

/**
 * The value of a durable client binding, as JSON text. The SDK calls `rpcBaseUrl`; the other
 * addresses go into answers for users.
 */
export function clientBinding(links: DurableLinks): string {
  const create = `${links.base}/orchestrators/{functionName}[/{instanceId}]`;
  const wait = 'timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}';
  return JSON.stringify({
    taskHubName: links.hubName,
    connectionName: CONNECTION,
    creationUrls: {
      createNewInstancePostUri: `${create}?code=${links.code}`,
      createAndWaitOnNewInstancePostUri: `${create}?${wait}&code=${links.code}`,
    },
    managementUrls: managementUrls(links, 'INSTANCEID'),
    baseUrl: links.base,
    requiredQueryStringParameters: query(links),
    rpcBaseUrl: links.rpcBase,
  });
}
