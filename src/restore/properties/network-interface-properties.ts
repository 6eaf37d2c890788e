/**
 * What can be written on a network interface, at the depth at which a decision is needed. No package that
 * this app uses has it. Source: "Network Interfaces - Create Or Update" (REST API reference of Azure Virtual
 * Network), 2024-05-01.
 */
export const NETWORK_INTERFACE_PROPERTIES: readonly string[] = [
  'location',
  'tags',
  'extendedLocation.name',
  'extendedLocation.type',
  'properties.auxiliaryMode',
  'properties.auxiliarySku',
  'properties.disableTcpStateTracking',
  'properties.dnsSettings.dnsServers[]',
  'properties.dnsSettings.internalDnsNameLabel',
  'properties.enableAcceleratedNetworking',
  'properties.enableIPForwarding',
  'properties.migrationPhase',
  'properties.networkSecurityGroup.id',
  'properties.nicType',
  'properties.privateLinkService.id',
  'properties.workloadType',
  'properties.ipConfigurations[].id',
  'properties.ipConfigurations[].name',
  'properties.ipConfigurations[].properties.applicationGatewayBackendAddressPools[].id',
  'properties.ipConfigurations[].properties.applicationSecurityGroups[].id',
  'properties.ipConfigurations[].properties.gatewayLoadBalancer.id',
  'properties.ipConfigurations[].properties.loadBalancerBackendAddressPools[].id',
  'properties.ipConfigurations[].properties.loadBalancerInboundNatRules[].id',
  'properties.ipConfigurations[].properties.primary',
  'properties.ipConfigurations[].properties.privateIPAddress',
  'properties.ipConfigurations[].properties.privateIPAddressPrefixLength',
  'properties.ipConfigurations[].properties.privateIPAddressVersion',
  'properties.ipConfigurations[].properties.privateIPAllocationMethod',
  'properties.ipConfigurations[].properties.publicIPAddress.id',
  'properties.ipConfigurations[].properties.subnet.id',
  'properties.ipConfigurations[].properties.virtualNetworkTaps[].id',
];
