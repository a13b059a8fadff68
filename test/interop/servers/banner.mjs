console.log('printed before the SDK came');
try {
  process.stdout.write(7);
} catch (error) {
  console.error(error.stack);
}
