/** `npm run simulate`: the whole promise, 90 days of 20 VMs, unless the environment says otherwise. */
process.env.SIMULATION_DAYS ??= '90';
process.env.SIMULATION_VMS ??= '20';

require('jest').run(['test/simulation/ninety-days', ...process.argv.slice(2)]);
