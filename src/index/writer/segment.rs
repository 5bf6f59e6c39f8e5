//! A segment that is open.

use std::{panic::resume_unwind, thread};

use tantivy::{
    DocId, PluginWriter, Segment, SegmentMeta,
    directory::TerminatingWrite,
    fastfield::FastFieldsWriter,
    fieldnorm::{FieldNormReaders, FieldNormsSerializer, FieldNormsWriter},
    index::SegmentComponent,
    plugin::PluginWriterContext,
    schema::{Schema, document::ErasedDocument},
    store::StoreWriter,
};

use super::{
    super::{
        forms,
        ready::Ready,
        symbols::{LOT, Packers},
    },
    Writer,
    postings::Postings,
};

/// A segment that is being written, in the parts that tantivy reads.
pub(super) struct Open {
    segment: Segment,
    schema: Schema,
    passages: DocId,
    postings: Postings,
    norms: FieldNormsWriter,
    columns: FastFieldsWriter,
    store: StoreWriter,
    /// What writes the parts that are our own.
    own: Vec<Box<dyn PluginWriter>>,
    /// When so much of memory is taken, it is full.
    full: usize,
}

impl Open {
    pub(super) fn new(of: &Writer) -> tantivy::Result<Self> {
        let segment = of.index.new_segment();
        let (schema, settings) = (segment.schema(), of.index.settings());
        let store = StoreWriter::new(
            segment.open_write(SegmentComponent::Store)?,
            settings.docstore_compression,
            settings.docstore_blocksize,
            settings.docstore_compress_dedicated_thread,
        )?;
        let tokenizers = of.index.fast_field_tokenizer().clone();
        let columns = FastFieldsWriter::from_schema_and_tokenizer_manager(&schema, tokenizers)?;
        let context = PluginWriterContext { segment: &segment, memory_budget_in_bytes: of.buffer as usize };
        let own = of.index.custom_plugins().iter().map(|plugin| plugin.create_writer(&context));
        Ok(Self {
            passages: 0,
            postings: Postings::new(schema.num_fields()),
            norms: FieldNormsWriter::for_schema(&schema),
            columns,
            store,
            own: own.collect::<tantivy::Result<_>>()?,
            full: of.buffer as usize,
            schema,
            segment,
        })
    }

    /// Adds passages, and calls back with each of them then.
    pub(super) fn add(
        &mut self,
        packers: &Packers,
        passages: impl IntoIterator<Item = Ready>,
        written: &mut dyn FnMut(Ready),
    ) -> tantivy::Result<()> {
        let mut passages = passages.into_iter();
        loop {
            let (mut lot, mut texts) = (Vec::new(), 0);
            while texts < LOT
                && let Some(passage) = passages.next()
            {
                texts += passage.text().len();
                lot.push(passage);
            }
            if lot.is_empty() {
                return Ok(());
            }
            let packed = packers.pack(&lot.iter().map(Ready::text).collect::<Vec<_>>());
            for (at, mut passage) in lot.into_iter().enumerate() {
                passage.store(&packed, at);
                self.add_passage(&passage)?;
                written(passage);
            }
        }
    }

    fn add_passage(&mut self, passage: &Ready) -> tantivy::Result<()> {
        let (texts, rows) = passage.rows();
        self.postings.add(self.passages, texts, rows, &mut self.norms)?;
        self.columns.add_document(passage)?;
        self.store.store(passage, &self.schema)?;
        let erased: &dyn ErasedDocument = passage;
        self.own.iter_mut().try_for_each(|own| own.add_document(self.passages, erased, &self.schema))?;
        self.passages += 1;
        Ok(())
    }

    pub(super) fn is_full(&self) -> bool {
        let own: usize = self.own.iter().map(|own| own.mem_usage()).sum();
        let Self { postings, norms, columns, store, .. } = self;
        postings.bytes() + norms.mem_usage() + columns.mem_usage() + store.mem_usage() + own >= self.full
    }

    /// Takes everything to disk, some of it in a thread of its own where there are processors for several.
    pub(super) fn write_down(self, several: bool) -> tantivy::Result<SegmentMeta> {
        let Self { segment, passages, postings, mut norms, mut columns, store, mut own, .. } = self;
        norms.fill_up_to_max_doc(passages);
        let out = FieldNormsSerializer::from_write(segment.open_write(SegmentComponent::FieldNorms)?)?;
        norms.serialize(out, None)?;
        let norms = FieldNormReaders::open(segment.open_read(SegmentComponent::FieldNorms)?)?;
        let order = postings.order();
        let forms = own.iter().position(|own| own.as_any().is::<forms::Writer>()).map(|at| own.remove(at));
        let others = || {
            if let Some(mut forms) = forms {
                if let Some(forms) = forms.as_any_mut().downcast_mut::<forms::Writer>() {
                    postings.texts(&order).for_each(|(field, term)| forms.add(field, term));
                }
                forms.serialize(&segment, None)?;
            }
            let mut out = segment.open_write(SegmentComponent::FastFields)?;
            columns.serialize(&mut out, None)?;
            out.terminate()?;
            Ok(store.close()?)
        };
        let terms = || postings.write_down(&order, &segment, &norms);
        if several {
            thread::scope(|scope| {
                let others = scope.spawn(others);
                let written = terms();
                written.and(others.join().unwrap_or_else(|panic| resume_unwind(panic)))
            })?;
        } else {
            terms().and_then(|()| others())?;
        }
        // These read what was written.
        own.into_iter().try_for_each(|own| own.serialize(&segment, None))?;
        let meta = segment.with_max_doc(passages).meta().clone();
        meta.untrack_temp_docstore();
        Ok(meta)
    }
}
