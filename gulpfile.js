const { src, dest } = require('gulp');

/** Copies the icons next to the compiled nodes and credentials, byte for byte. */
function buildIcons() {
	return src('icons/*.svg', { encoding: false }).pipe(dest('dist/icons'));
}

exports['build:icons'] = buildIcons;
