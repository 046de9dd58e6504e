// Starts and stops the Redis that tests use, which fetches it where it has to be fetched, and prints its kind and where it came from.
import { startTestRedis } from '@gradewire/local-redis/testing';

const redis = await startTestRedis();
await redis.stop();
console.log(JSON.stringify({ kind: process.env.GRADEWIRE_TEST_REDIS, how: redis.how }));
