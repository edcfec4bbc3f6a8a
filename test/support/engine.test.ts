import { LiveCallApi } from '../../credentials/LiveCallApi.credentials';
import { LiveCall } from '../../nodes/LiveCall/LiveCall.node';
import { LiveCallTrigger } from '../../nodes/LiveCallTrigger/LiveCallTrigger.node';
import { loadPackage } from './engine';

// Node would load what was built last.
it('the engine runs the nodes and the credential as they stand in the source', async () => {
	const { loader } = await loadPackage();
	expect(loader.nodeTypes.liveCall?.type).toBeInstanceOf(LiveCall);
	expect(loader.nodeTypes.liveCallTrigger?.type).toBeInstanceOf(LiveCallTrigger);
	expect(loader.credentialTypes.liveCallApi?.type).toBeInstanceOf(LiveCallApi);
});
