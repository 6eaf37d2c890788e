import { decide, type PropertyTable } from './property';

const NEEDS_OTHERS = 'It needs a resource that may be gone, taken, or in another network.';
const WHILE_OLD_VM_LIVES =
  'One VM at a time can have it, so it is asked for when the VM of the point is gone, and left out while that is there.';
const ip = (name: string) => `properties.ipConfigurations[].properties.${name}`;

/**
 * Every property of a network interface that can be written. Source: "Network Interfaces - Create Or Update"
 * of the Azure REST API; the list that a test compares with is in `network-interface-properties.ts`.
 */
export const NETWORK_INTERFACE: PropertyTable = {
  resource: 'NetworkInterface (Microsoft.Network/networkInterfaces)',
  apiVersion: '2024-05-01',
  properties: [
    ...decide('made-anew', 'It is made in the region of its VM.', { location: 'the region' }),
    ...decide('restored', 'With those that say for which restore it was made.', { tags: 'the tags' }),
    ...decide('restored', 'It decides where the interface is.', { extendedLocation: 'the edge zone' }),
    ...decide('restored', 'It decides what the interface can do.', {
      'properties.enableAcceleratedNetworking': 'accelerated networking',
      'properties.enableIPForwarding': 'IP forwarding',
      'properties.disableTcpStateTracking': 'the end of TCP state tracking',
      'properties.dnsSettings.dnsServers': 'the DNS servers',
      'properties.auxiliaryMode': 'the auxiliary mode',
      'properties.auxiliarySku': 'the auxiliary SKU',
      'properties.nicType': 'the kind of interface',
      'properties.ipConfigurations[].name': 'the name of the address',
      [ip('primary')]: 'which address is the primary one',
      [ip('privateIPAddressVersion')]: 'the version of the address',
      [ip('privateIPAddressPrefixLength')]: 'the length of the address block',
      [ip('subnet.id')]: 'the subnet',
    }),
    ...decide('restored', 'It protects the VM; the restore can name another one.', {
      'properties.networkSecurityGroup': { name: 'the security group', protects: true },
      [ip('applicationSecurityGroups')]: { name: 'the application security groups', protects: true },
    }),
    ...decide('if-possible', WHILE_OLD_VM_LIVES, {
      [ip('privateIPAllocationMethod')]: { name: 'the static address', usual: ['Dynamic'] },
      [ip('privateIPAddress')]: 'the static address',
      [ip('publicIPAddress')]: 'the public address',
      [ip('loadBalancerBackendAddressPools')]: 'the pools of the load balancer',
      [ip('loadBalancerInboundNatRules')]: 'the NAT rules of the load balancer',
      [ip('applicationGatewayBackendAddressPools')]: 'the pools of the application gateway',
      'properties.dnsSettings.internalDnsNameLabel': 'the name in the DNS of the network',
    }),
    ...decide('if-possible', NEEDS_OTHERS, {
      [ip('virtualNetworkTaps')]: 'the virtual network taps',
      [ip('gatewayLoadBalancer')]: 'the gateway load balancer',
    }),
    ...decide('not-restored', 'It belongs to another service, which makes it anew.', {
      'properties.privateLinkService': 'the private link service',
      'properties.migrationPhase': { name: 'the state of a migration', usual: ['None'] },
      'properties.workloadType': 'the type of workload',
    }),
    ...decide('made-anew', 'Azure gives it.', {
      'properties.ipConfigurations[].id': 'the id of the address',
    }),
  ],
};
