// Package upgrade proves that the worker of journeys can be upgraded while
// journeys run: builds side by side as processes of their own, the old one
// killed, and a build that cannot carry journeys on taken back.
package upgrade
