exports.topLevel = new Error('while it loads').stack;
