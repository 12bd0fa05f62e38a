// The databases of this tier are set against the apps in every way that the apps claim to bear (see `createTestDatabase`).
process.env.TEST_DATABASE_HOSTILE = 'true';
