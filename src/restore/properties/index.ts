export { type Carried, carry, type Found, warningOf } from './carry';
export { DISK } from './disk';
export { NETWORK_INTERFACE } from './network-interface';
export type { Property, PropertyTable, Wire } from './property';
export { VIRTUAL_MACHINE } from './virtual-machine';
