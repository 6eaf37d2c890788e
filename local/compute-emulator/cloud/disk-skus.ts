/** The types of managed disks that there are, in the names of Azure ("Disks - Create Or Update"). */
export const DISK_SKUS = [
  'Standard_LRS',
  'StandardSSD_LRS',
  'StandardSSD_ZRS',
  'Premium_LRS',
  'Premium_ZRS',
  'PremiumV2_LRS',
  'UltraSSD_LRS',
] as const;
