import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';

class Summary {
	onMutationTestReportReady(report, metrics) {
		console.log(Object.keys(report), metrics.systemUnderTestMetrics.metrics);
	}
}
export const strykerPlugins = [declareClassPlugin(PluginKind.Reporter, 'summary', Summary)];
